package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.mcp.Method.Calling;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSpec;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** {@code tools/list} and {@code tools/call}. */
final class ToolMethods {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./-]{1,128}");
    private static final TypeRef<Map<String, Object>> MAP = new TypeRef<>() {};

    private final List<ToolInvoker> invokers;
    private final ToolCall.Agents agents;
    private final McpJsonMapper json;
    private final Listing<McpSchema.Tool> listing;

    /**
     * @param invokers of two tools with one name, that of the earlier is taken
     * @param agents whom tools may ask
     */
    ToolMethods(List<ToolInvoker> invokers, ToolCall.Agents agents, McpJsonMapper json) {
        this.invokers = invokers;
        this.agents = agents;
        this.json = json;
        this.listing = new Listing<>(this::tools);
    }

    /** Runs the action whenever the list has become another. */
    void onListChange(Runnable action) {
        invokers.forEach(invoker ->
                invoker.tools()
                        .onChange(() -> {
                            if (listing.changed()) {
                                action.run();
                            }
                        }));
    }

    McpSchema.ListToolsResult list(Calling calling) {
        Page<McpSchema.Tool> page = Page.of(listing.now(), calling.params().path("cursor"));
        var result = McpSchema.ListToolsResult.builder(page.items());
        page.next().ifPresent(result::nextCursor);
        return result.build();
    }

    private List<McpSchema.Tool> tools() {
        Set<String> names = new HashSet<>();
        return invokers.stream()
                .flatMap(invoker -> invoker.tools().tools().stream())
                .map(Tool::spec)
                .filter(spec -> NAME.matcher(spec.name()).matches() && names.add(spec.name()))
                .map(this::shown)
                .toList();
    }

    private McpSchema.Tool shown(ToolSpec spec) {
        ObjectNode schema = spec.parameters().json();
        if (!schema.has("type")) {
            // The protocol wants to see that arguments are an object.
            schema.put("type", "object");
        }
        var tool =
                McpSchema.Tool.builder(spec.name(), json.convertValue(schema, MAP))
                        .description(
                                spec.description().isBlank() ? spec.title() : spec.description())
                        .annotations(hints(spec.conduct().effect()));
        return (spec.title().equals(spec.name()) ? tool : tool.title(spec.title())).build();
    }

    /** What a client may tell its user before it calls; of what is not known the worst. */
    private static McpSchema.ToolAnnotations hints(ToolSpec.Effect effect) {
        var hints = McpSchema.ToolAnnotations.builder();
        var filled =
                switch (effect) {
                    case NONE ->
                            hints.readOnlyHint(true).destructiveHint(false).idempotentHint(true);
                    case IDEMPOTENT ->
                            hints.readOnlyHint(false).destructiveHint(true).idempotentHint(true);
                    case ONCE ->
                            hints.readOnlyHint(false).destructiveHint(true).idempotentHint(false);
                };
        return filled.build();
    }

    ObjectNode call(Calling calling) {
        String name = calling.text("name");
        JsonNode arguments = calling.params().path("arguments");
        if (!arguments.isMissingNode() && !arguments.isNull() && !arguments.isObject()) {
            throw Method.invalid("\"arguments\" must be an object");
        }
        ToolInvoker invoker = owner(name);
        RunningCall running = calling.call();
        ToolResult result =
                invoker.call(
                        name,
                        new ToolCall(
                                UUID.randomUUID().toString(),
                                arguments instanceof ObjectNode given ? given : Json.object(),
                                agents,
                                new McpCaller(
                                        calling.exchange(),
                                        running.log(),
                                        calling.params().path("_meta").path("progressToken")),
                                running.cancellation()));
        return ToolContent.of(result);
    }

    private ToolInvoker owner(String name) {
        Optional<ToolInvoker> found =
                invokers.stream()
                        .filter(invoker -> invoker.tools().find(name).isPresent())
                        .findFirst();
        return found.orElseThrow(() ->
                Method.invalid(
                        "Unknown tool: there is no tool \""
                                + name
                                + "\"; there are: "
                                + String.join(
                                        ", ",
                                        listing.now().stream()
                                                .map(McpSchema.Tool::name)
                                                .toList())));
    }
}
