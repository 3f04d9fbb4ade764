package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.mcp.Method.Calling;
import io.magicproxy.mcp.client.OwnMeta;
import io.magicproxy.telemetry.ToolSpan;
import io.magicproxy.telemetry.Trace;
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
    private static final int MAX_KEY = 200;
    private static final TypeRef<Map<String, Object>> MAP = new TypeRef<>() {};

    private final List<ToolInvoker> invokers;
    private final McpOffer offer;
    private final McpJsonMapper json;
    private final Listing<McpSchema.Tool> listing;

    ToolMethods(McpOffer offer, McpJsonMapper json) {
        this.invokers = offer.tools();
        this.offer = offer;
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
                .filter(tool -> NAME.matcher(tool.spec().name()).matches())
                .filter(tool -> names.add(tool.spec().name()))
                .map(this::shown)
                .toList();
    }

    private McpSchema.Tool shown(Tool one) {
        ToolSpec spec = one.spec();
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
        if (offer.audience() == McpOffer.Audience.GATEWAYS) {
            tool.meta(Map.of(OwnMeta.TOOL, conduct(one)));
        }
        return (spec.title().equals(spec.name()) ? tool : tool.title(spec.title())).build();
    }

    private static Map<String, Object> conduct(Tool tool) {
        ToolSpec.Conduct conduct = tool.spec().conduct();
        return Map.of(
                "effect",
                conduct.effect().label(),
                "timeout_ms",
                conduct.timeout().toMillis(),
                "concurrency",
                conduct.concurrency(),
                "source",
                tool.origin().source(),
                "version",
                tool.origin().version());
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
        JsonNode meta = calling.params().path("_meta");
        var caller =
                new McpCaller(
                        calling.exchange(),
                        running.log(),
                        meta.path("progressToken"),
                        running.session().owner());
        try (ToolSpan span = invoker.spans().served(trace(meta, running), name)) {
            ToolResult result =
                    invoker.call(
                            name,
                            new ToolCall(
                                    key(meta),
                                    arguments instanceof ObjectNode given ? given : Json.object(),
                                    offer.agents().apply(caller),
                                    caller,
                                    running.cancellation()));
            if (!(result instanceof ToolResult.Ok)) {
                span.failed("tool_error");
            }
            return ToolContent.of(result);
        }
    }

    /** The client's own place in a trace, told beside the call, comes before its HTTP request's. */
    private static Trace trace(JsonNode meta, RunningCall running) {
        return Trace.from(name ->
                        Optional.of(meta.path(name))
                                .filter(JsonNode::isTextual)
                                .map(JsonNode::textValue))
                .or(running.trace());
    }

    /** The client's, if it has one for each try of the same call. */
    private static String key(JsonNode meta) {
        String given = meta.path(OwnMeta.KEY).asText();
        return given.isBlank() || given.length() > MAX_KEY ? UUID.randomUUID().toString() : given;
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
