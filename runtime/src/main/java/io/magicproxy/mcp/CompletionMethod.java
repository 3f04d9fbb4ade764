package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.mcp.Method.Calling;
import io.modelcontextprotocol.spec.McpSchema.CompleteResult;
import io.modelcontextprotocol.spec.McpSchema.CompleteResult.CompleteCompletion;
import java.util.List;
import java.util.Locale;

/**
 * {@code completion/complete}: what the value of an argument may be that somebody begins to type.
 */
final class CompletionMethod {
    private static final int MAX = 100;

    private final PromptMethods prompts;
    private final ResourceMethods resources;

    CompletionMethod(PromptMethods prompts, ResourceMethods resources) {
        this.prompts = prompts;
        this.resources = resources;
    }

    CompleteResult complete(Calling calling) {
        JsonNode reference = calling.params().path("ref");
        JsonNode argument = calling.params().path("argument");
        String name = argument.path("name").asText();
        String begun = argument.path("value").asText().toLowerCase(Locale.ROOT);
        List<String> fitting =
                values(reference, name).stream()
                        .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(begun))
                        .toList();
        List<String> first = fitting.subList(0, Math.min(MAX, fitting.size()));
        return new CompleteResult(
                new CompleteCompletion(first, fitting.size(), first.size() < fitting.size()));
    }

    private List<String> values(JsonNode reference, String argument) {
        return switch (reference.path("type").asText()) {
            case "ref/prompt" -> {
                String name = reference.path("name").asText();
                yield prompts.find(name)
                        .orElseThrow(() -> Method.invalid("there is no prompt \"" + name + "\""))
                        .values(argument);
            }
            case "ref/resource" -> {
                String uri = reference.path("uri").asText();
                yield resources
                        .values(uri, argument)
                        .orElseThrow(() ->
                                Method.invalid("there is no resource template \"" + uri + "\""));
            }
            default ->
                    throw Method.invalid("\"ref.type\" must be \"ref/prompt\" or \"ref/resource\"");
        };
    }
}
