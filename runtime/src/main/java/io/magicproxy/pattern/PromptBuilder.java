package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes the messages of a declarative pattern. What clients say goes first, then the pattern, then
 * the server's words; the prompt says which wins.
 */
final class PromptBuilder {
    private static final Pattern PLACEHOLDER =
            Pattern.compile(
                    "\\{(system_instruction|tools_list_text|tool_instructions|server_status_text|current_date|draft_context)}");

    private static final String ORDER =
            "Where instructions contradict each other, those that stand first win.";

    private static final String TOOL_INSTRUCTIONS =
            """
            To use a tool, write exactly one JSON object in <ACTION> tags:
            <ACTION>{"tool_name": "name", "arguments": {"argument": "value"}}</ACTION>
            Then stop. The result comes back in <OBSERVATION> tags. Never write an <OBSERVATION> yourself.\
            """;

    private final PromptStructure structure;
    private final PatternInput input;

    PromptBuilder(PromptStructure structure, PatternInput input) {
        this.structure = structure;
        this.input = input;
    }

    String system() {
        var words = input.instructions();
        List<String> parts = new ArrayList<>();
        add(parts, "CLIENT_INSTRUCTIONS", words.client());
        words.clientManifests().forEach(text -> add(parts, "CLIENT_MANIFEST", text));
        String pattern = sections(structure.fixed(), "");
        if (!pattern.isBlank()) {
            parts.add(pattern);
        }
        if (!structure.asksFor("system_instruction")) {
            add(parts, "SERVER_INSTRUCTIONS", words.server());
        }
        words.manifests().forEach(text -> add(parts, "MANIFEST", text));
        return (parts.size() > 1 ? ORDER + "\n\n" : "") + String.join("\n\n", parts);
    }

    /** What changes from turn to turn; "" if the pattern has none. */
    String context(String draft) {
        return sections(structure.changing(), draft);
    }

    /** The system prompt, the history, and the query with its attachments. */
    ArrayNode messages() {
        ArrayNode messages = Json.object().arrayNode();
        String system = system();
        if (!system.isBlank()) {
            messages.addObject().put("role", "system").put("content", system);
        }
        messages.addAll(input.history());
        var user = messages.addObject().put("role", "user");
        if (input.attachments().isEmpty()) {
            user.put("content", input.query());
        } else {
            ArrayNode parts = user.putArray("content");
            parts.addObject().put("type", "text").put("text", input.query());
            parts.addAll(input.attachments());
        }
        return messages;
    }

    /** Puts a text before the last message's, or behind a message that isn't the user's. */
    static void precede(ArrayNode messages, String text) {
        if (messages.get(messages.size() - 1) instanceof ObjectNode last
                && last.path("role").asText().equals("user")) {
            if (last.path("content") instanceof ArrayNode parts) {
                parts.insertObject(0).put("type", "text").put("text", text);
            } else {
                last.put("content", text + "\n\n" + last.path("content").asText());
            }
        } else {
            messages.addObject().put("role", "user").put("content", text);
        }
    }

    static String toolsText(List<ToolInfo> tools) {
        return tools.isEmpty()
                ? "No tools are available."
                : tools.stream()
                        .map(t ->
                                "- "
                                        + t.name()
                                        + ": "
                                        + t.description().strip()
                                        + " Arguments: "
                                        + Json.text(t.parameters()))
                        .collect(Collectors.joining("\n"));
    }

    private static void add(List<String> parts, String tag, String text) {
        if (!text.isBlank()) {
            parts.add("<" + tag + ">\n" + text.strip() + "\n</" + tag + ">");
        }
    }

    private String sections(List<PromptStructure.Section> sections, String draft) {
        Map<String, String> values =
                Map.of(
                        "system_instruction",
                        input.instructions().server(),
                        "tools_list_text",
                        toolsText(input.tools()),
                        "tool_instructions",
                        input.tools().isEmpty() ? "" : TOOL_INSTRUCTIONS,
                        "server_status_text",
                        "Tools available: " + input.tools().size() + ".",
                        "current_date",
                        LocalDate.ofInstant(input.time(), ZoneOffset.UTC).toString(),
                        "draft_context",
                        draft);
        StringJoiner all = new StringJoiner("\n\n");
        for (PromptStructure.Section section : sections) {
            String text =
                    PLACEHOLDER
                            .matcher(section.content())
                            .replaceAll(found ->
                                    Matcher.quoteReplacement(
                                            values.getOrDefault(found.group(1), "")))
                            .strip();
            if (!text.isEmpty()) {
                all.add(
                        section.tag().isEmpty()
                                ? text
                                : "<"
                                        + section.tag()
                                        + ">\n"
                                        + text
                                        + "\n</"
                                        + section.tag()
                                        + ">");
            }
        }
        return all.toString();
    }
}
