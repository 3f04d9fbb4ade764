package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.mcp.Method.Calling;
import io.magicproxy.mcp.PromptSource.Offered;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** {@code prompts/list} and {@code prompts/get}. */
final class PromptMethods {
    private final List<PromptSource> sources;
    private final Listing<McpSchema.Prompt> listing;

    PromptMethods(List<PromptSource> sources) {
        this.sources = sources;
        this.listing = new Listing<>(this::prompts);
    }

    /** Runs the action whenever the list has become another. */
    void onListChange(Runnable action) {
        sources.forEach(source ->
                source.onChange(() -> {
                    if (listing.changed()) {
                        action.run();
                    }
                }));
    }

    McpSchema.ListPromptsResult list(Calling calling) {
        Page<McpSchema.Prompt> page = Page.of(listing.now(), calling.params().path("cursor"));
        var result = McpSchema.ListPromptsResult.builder(page.items());
        page.next().ifPresent(result::nextCursor);
        return result.build();
    }

    private List<McpSchema.Prompt> prompts() {
        Set<String> names = new HashSet<>();
        return sources.stream()
                .flatMap(source -> source.prompts().stream())
                .map(Offered::prompt)
                .filter(prompt -> names.add(prompt.name()))
                .toList();
    }

    Optional<Offered> find(String name) {
        return sources.stream()
                .flatMap(source -> source.prompts().stream())
                .filter(offered -> offered.prompt().name().equals(name))
                .findFirst();
    }

    McpSchema.GetPromptResult get(Calling calling) {
        Offered offered = find(calling.text("name")).orElseThrow(() -> unknown(calling));
        Map<String, String> arguments = arguments(calling.params().path("arguments"));
        check(offered.prompt(), arguments);
        var result = McpSchema.GetPromptResult.builder(offered.messages(arguments));
        return result.description(offered.prompt().description()).build();
    }

    private RuntimeException unknown(Calling calling) {
        return Method.invalid(
                "there is no prompt \""
                        + calling.text("name")
                        + "\"; there are: "
                        + String.join(
                                ", ", listing.now().stream().map(McpSchema.Prompt::name).toList()));
    }

    private static Map<String, String> arguments(JsonNode given) {
        Map<String, String> arguments = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : given.properties()) {
            if (!each.getValue().isTextual()) {
                throw Method.invalid("the argument \"" + each.getKey() + "\" must be a text");
            }
            arguments.put(each.getKey(), each.getValue().asText());
        }
        return arguments;
    }

    private static void check(McpSchema.Prompt prompt, Map<String, String> given) {
        List<McpSchema.PromptArgument> known =
                Objects.requireNonNullElse(prompt.arguments(), List.of());
        List<String> names = known.stream().map(McpSchema.PromptArgument::name).toList();
        for (McpSchema.PromptArgument argument : known) {
            if (Boolean.TRUE.equals(argument.required()) && !given.containsKey(argument.name())) {
                throw Method.invalid("the prompt needs the argument \"" + argument.name() + "\"");
            }
        }
        for (String name : given.keySet()) {
            if (!names.contains(name)) {
                throw Method.invalid(
                        "the prompt has no argument \""
                                + name
                                + "\"; it has: "
                                + String.join(", ", names));
            }
        }
    }
}
