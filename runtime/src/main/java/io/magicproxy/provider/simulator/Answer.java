package io.magicproxy.provider.simulator;

import io.magicproxy.chat.ChatRequest;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.FinishReason;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Message;
import io.magicproxy.chat.ResponseFormat;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.chat.ToolChoice;
import io.magicproxy.chat.ToolDefinition;
import io.magicproxy.chat.Usage;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the simulator says: the same to the same request, and labelled.
 *
 * @param tokens the text in pieces of a word each
 */
record Answer(
        List<String> tokens,
        Optional<String> thought,
        Optional<ToolCall> call,
        FinishReason finish,
        Usage usage) {
    private static final Pattern WORDS = Pattern.compile("\\S+\\s*");
    private static final Pattern EXPRESSION = Pattern.compile("[-+(]?\\d[\\d\\s.,()+*/^%-]*[\\d)]");
    private static final String LABEL = "[simulator] ";

    static Answer to(ChatRequest request) {
        String question = lastUserText(request);
        Optional<ToolCall> call = toolCall(request, question);
        String text = call.isPresent() ? "" : text(request, question);
        List<String> tokens =
                cut(request, WORDS.matcher(text).results().map(m -> m.group()).toList());
        boolean shortened = tokens.size() < WORDS.matcher(text).results().count();
        Optional<String> thought =
                request.extra("reasoning_effort")
                        .map(effort ->
                                "The question is: "
                                        + question
                                        + " I only pretend to think (simulated).");
        FinishReason finish =
                call.isPresent()
                        ? FinishReason.TOOL_CALLS
                        : shortened ? FinishReason.LENGTH : FinishReason.STOP;
        return new Answer(tokens, thought, call, finish, usage(request, tokens, thought));
    }

    String text() {
        return String.join("", tokens);
    }

    private static String text(ChatRequest request, String question) {
        if (request.responseFormat().orElse(new ResponseFormat.Text())
                instanceof ResponseFormat.JsonSchema schema) {
            return Json.text(new SchemaInstance(schema.schema(), question).make());
        }
        if (request.responseFormat().orElse(new ResponseFormat.Text())
                instanceof ResponseFormat.JsonObject) {
            return Json.text(Json.object().put("simulated", true).put("question", question));
        }
        if (request.messages().getLast() instanceof Message.ToolResult(var _, var content, var _)) {
            return LABEL
                    + "The tool answered: "
                    + plain(content)
                    + ". So that is my answer to \""
                    + question
                    + "\".";
        }
        long images =
                request.messages().stream()
                        .filter(Message.User.class::isInstance)
                        .flatMap(m -> ((Message.User) m).content().stream())
                        .filter(ContentPart.Image.class::isInstance)
                        .count();
        return LABEL
                + "You asked: \""
                + question
                + "\""
                + (images > 0 ? " and sent " + images + (images == 1 ? " image" : " images") : "")
                + ". I am a deterministic pretend model, made for first contact and drills: the same question always gets this"
                + " same answer. Add a provider's key to talk to a real one.";
    }

    /** The most fitting tool, unless its answer is here already. */
    private static Optional<ToolCall> toolCall(ChatRequest request, String question) {
        ToolChoice choice = request.toolChoice().orElse(new ToolChoice.Auto());
        if (request.messages().getLast() instanceof Message.ToolResult
                || choice instanceof ToolChoice.None) {
            return Optional.empty();
        }
        return request.tools().stream()
                .filter(tool -> wanted(tool, choice, question))
                .findFirst()
                .map(tool ->
                        new ToolCall(
                                id(tool, question),
                                tool.name(),
                                arguments(tool, question),
                                Json.object()));
    }

    private static boolean wanted(ToolDefinition tool, ToolChoice choice, String question) {
        return switch (choice) {
            case ToolChoice.Function(String name) -> tool.name().equals(name);
            case ToolChoice.Required _ -> true;
            case ToolChoice.None _ -> false;
            case ToolChoice.Auto _ -> {
                Set<String> words =
                        words(tool.name().replace('_', ' ') + " " + tool.description().orElse(""));
                yield words(question).stream().anyMatch(words::contains)
                        || (words.contains("expression") && EXPRESSION.matcher(question).find());
            }
        };
    }

    private static String arguments(ToolDefinition tool, String question) {
        Matcher expression = EXPRESSION.matcher(question);
        String text =
                expression.find() && tool.parameters().toString().contains("expression")
                        ? expression.group().strip()
                        : question;
        return tool.parameters()
                .map(schema -> Json.text(new SchemaInstance(schema, text).make()))
                .orElse("{}");
    }

    private static String id(ToolDefinition tool, String question) {
        return "call_sim_" + HexFormat.of().toHexDigits((tool.name() + question).hashCode());
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1))
                .filter(w -> w.length() > 3)
                .collect(Collectors.toSet());
    }

    private static List<String> cut(ChatRequest request, List<String> tokens) {
        int max = request.sampling().maxTokens().orElse(Integer.MAX_VALUE);
        return tokens.size() > max ? tokens.subList(0, Math.max(0, max)) : tokens;
    }

    /** A token is a word here. */
    private static Usage usage(ChatRequest request, List<String> tokens, Optional<String> thought) {
        long in =
                request.messages().stream()
                        .mapToLong(m -> WORDS.matcher(plain(content(m))).results().count() + 3)
                        .sum();
        long reasoning = thought.map(t -> WORDS.matcher(t).results().count()).orElse(0L);
        return new Usage(in, tokens.size() + reasoning, 0, 0, reasoning);
    }

    private static String lastUserText(ChatRequest request) {
        return request.messages().reversed().stream()
                .filter(Message.User.class::isInstance)
                .findFirst()
                .map(m -> plain(content(m)).strip())
                .orElse("");
    }

    private static List<ContentPart> content(Message message) {
        return switch (message) {
            case Message.Instruction(var content, var _) -> content;
            case Message.User(var content, var _) -> content;
            case Message.Assistant a -> a.content();
            case Message.ToolResult(var _, var content, var _) -> content;
        };
    }

    private static String plain(List<ContentPart> content) {
        return content.stream()
                .filter(ContentPart.Text.class::isInstance)
                .map(p -> ((ContentPart.Text) p).text())
                .collect(Collectors.joining(" "));
    }
}
