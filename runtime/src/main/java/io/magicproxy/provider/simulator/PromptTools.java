package io.magicproxy.provider.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.ToolDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the tools that a prompt lists in its text: a line each, or as JSON. */
final class PromptTools {
    /** {@code - calculator: evaluates …}, {@code 2. `web_search` - …}, {@code now()}. */
    private static final Pattern LINE =
            Pattern.compile(
                    "(?m)^[ \\t]{0,8}(?:([-*•]|\\d{1,3}[.)])[ \\t]{1,4})?([`*\"]{0,3})([A-Za-z][\\w.-]{1,63})\\2[ \\t]?([(:–—-].*)$");

    private static final Pattern JSON_NAME =
            Pattern.compile("\"name\"\\s{0,3}:\\s{0,3}\"([A-Za-z][\\w.-]{1,63})\"");

    /** {@code (expression: string, precision)} after a name. */
    private static final Pattern SIGNATURE = Pattern.compile("^\\(([^()]{0,500})\\)");

    private static final Pattern PARAMETER = Pattern.compile("(?:^|,)\\s*([A-Za-z_]\\w{0,63})");

    /** A prompt is long, and anybody's: bounds for the search. */
    private static final int MAX_TOOLS = 100;

    private static final int MAX_TRIES = 8;
    private static final int MAX_CHARS = 20_000;

    private final Map<String, ToolDefinition> found = new LinkedHashMap<>();

    private PromptTools() {}

    static List<ToolDefinition> in(String prompt) {
        PromptTools tools = new PromptTools();
        LINE.matcher(prompt)
                .results()
                .limit(MAX_TOOLS)
                .forEach(m -> tools.line(m.group(1), m.group(3), m.group(4)));
        Matcher name = JSON_NAME.matcher(prompt);
        while (name.find() && tools.found.size() < MAX_TOOLS) {
            tools.json(prompt, name);
        }
        return List.copyOf(tools.found.values());
    }

    /**
     * Prose has lines such as "Note: …" too: a tool's stands in a list, or its name isn't prose.
     */
    private void line(@Nullable String bullet, String name, String rest) {
        if (bullet == null && name.indexOf('_') < 0) {
            return;
        }
        int brace = rest.indexOf('{');
        Optional<ObjectNode> schema = object(rest, brace).or(() -> signature(rest));
        add(name, brace < 0 ? rest : rest.substring(0, brace), schema);
    }

    private static Optional<ObjectNode> signature(String rest) {
        Matcher signature = SIGNATURE.matcher(rest);
        if (!signature.find()) {
            return Optional.empty();
        }
        ObjectNode schema = Json.object();
        ObjectNode properties = schema.putObject("properties");
        PARAMETER
                .matcher(signature.group(1))
                .results()
                .forEach(m -> properties.putObject(m.group(1)).put("type", "string"));
        return Optional.of(schema);
    }

    private void json(String prompt, Matcher name) {
        int at = prompt.lastIndexOf('{', name.start());
        for (int tries = 0; at >= 0 && tries < MAX_TRIES; tries++) {
            Optional<ObjectNode> tool = object(prompt, at);
            if (tool.isPresent() && tool.get().path("name").asText().equals(name.group(1))) {
                add(
                        name.group(1),
                        tool.get().path("description").asText(),
                        tool.flatMap(PromptTools::schema));
                return;
            }
            at = prompt.lastIndexOf('{', at - 1);
        }
    }

    private static Optional<ObjectNode> schema(ObjectNode tool) {
        for (String key : List.of("parameters", "input_schema", "inputSchema", "arguments")) {
            if (tool.path(key) instanceof ObjectNode schema) {
                return Optional.of(schema);
            }
        }
        return Optional.empty();
    }

    private void add(String name, String description, Optional<ObjectNode> schema) {
        found.putIfAbsent(
                name,
                new ToolDefinition(
                        name,
                        Optional.of(description.strip()),
                        schema.filter(s -> s.has("properties")).or(() -> usual(name)),
                        Optional.empty(),
                        Json.object()));
    }

    /** What a tool of that name usually takes. */
    private static Optional<ObjectNode> usual(String name) {
        ObjectNode schema = Json.object();
        ObjectNode properties = schema.putObject("properties");
        if (!ToolChooser.CLOCK.matcher(name).find()) {
            properties
                    .putObject(ToolChooser.CALCULATOR.matcher(name).find() ? "expression" : "query")
                    .put("type", "string");
        }
        return Optional.of(schema);
    }

    /** The JSON object that begins there. */
    private static Optional<ObjectNode> object(String text, int at) {
        if (at < 0) {
            return Optional.empty();
        }
        try {
            JsonNode node =
                    Json.reader()
                            .readTree(text.substring(at, Math.min(text.length(), at + MAX_CHARS)));
            return node instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (JsonProcessingException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
