package io.magicproxy.mcp.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.mcp.client.ServerSettings.Kind;
import io.magicproxy.telemetry.Trace;
import io.magicproxy.tool.Masked;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolCall.Progress;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolResult.Failed;
import io.magicproxy.tool.ToolSpec.Effect;
import io.magicproxy.upstream.Cancellation;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Calls of one server's tools, through whichever connection there is. */
final class RemoteCalls {
    /** For a server that went away while a call was made that can be made again. */
    private static final Duration RETURN = Duration.ofSeconds(10);

    private static final int TRIES = 3;

    private final RemoteServer server;
    private final Map<String, ToolCall> running = new ConcurrentHashMap<>();

    RemoteCalls(RemoteServer server) {
        this.server = server;
    }

    /** A new connection, whose server can ask on behalf of the calls that it makes. */
    Connection connect(RemoteServer.Around around) throws WireException {
        Map<String, Function<ObjectNode, ObjectNode>> answers =
                server.settings().kind() == Kind.OWN
                        ? Map.of(McpSchema.METHOD_SAMPLING_CREATE_MESSAGE, this::asked)
                        : Map.of();
        return new Connection(
                around.wire().get(),
                new Told(),
                message -> Masked.in(message, around.mask()),
                answers);
    }

    ToolResult call(RemoteSpec tool, ToolCall call) {
        Optional<Connection> connection = server.awaitConnection(Duration.ZERO);
        for (int left = TRIES; connection.isPresent(); left--) {
            try {
                return made(connection.get(), tool, call);
            } catch (RemoteError e) {
                return new Failed("tool_error", e.text());
            } catch (WireException e) {
                Optional<ToolResult> end = end(e, tool, call);
                server.suspect();
                if (end.isPresent()) {
                    return end.get();
                }
                Trace.here().event(Trace.Event.TOOL_RETRY, "reason", e.kind().name());
                connection =
                        left > 1
                                ? server.awaitOther(connection.get(), left(call))
                                : Optional.empty();
            }
        }
        return unavailable(call, tool);
    }

    private ToolResult made(Connection connection, RemoteSpec tool, ToolCall call)
            throws WireException, RemoteError {
        String token = UUID.randomUUID().toString();
        running.put(token, call);
        try {
            ObjectNode answer =
                    connection.request(
                            McpSchema.METHOD_TOOLS_CALL,
                            Asking.call(tool.remoteName(), call, token),
                            call.cancellation());
            return RemoteResult.of(
                    answer, server.settings().kind(), tool.spec().conduct().timeout());
        } finally {
            running.remove(token);
        }
    }

    /** What the call ends with; empty if it may be made again. */
    private static Optional<ToolResult> end(WireException e, RemoteSpec tool, ToolCall call) {
        return switch (e.kind()) {
            case CANCELLED -> Optional.of(givenUp(call, tool));
            case TOO_LARGE -> Optional.of(new Failed("tool_limit", e.text()));
            case NOT_TAKEN, FORGOTTEN -> Optional.empty();
            case LOST ->
                    tool.spec().conduct().effect() == Effect.ONCE
                            ? Optional.of(
                                    Failed.outcomeUnknown(
                                            tool.spec().name(),
                                            "its server went away (" + e.text() + ")"))
                            : Optional.empty();
        };
    }

    private static ToolResult givenUp(ToolCall call, RemoteSpec tool) {
        return call.cancellation().reason().equals(Optional.of(Cancellation.Reason.DEADLINE))
                ? new ToolResult.TimedOut(tool.spec().conduct().timeout())
                : new Failed("cancelled", "the call was given up");
    }

    /** How long a call waits for its server to return. */
    private Duration left(ToolCall call) {
        Duration patience = server.settings().limits().patience();
        Duration longest = patience.compareTo(RETURN) < 0 ? RETURN : patience;
        Duration left = call.cancellation().remaining().orElse(longest);
        return left.compareTo(longest) < 0 ? left : longest;
    }

    private ToolResult unavailable(ToolCall call, RemoteSpec tool) {
        if (call.cancellation().reason().isPresent()) {
            return givenUp(call, tool);
        }
        return new Failed(
                Failed.UNAVAILABLE,
                server.why().orElse("its server has just gone away and come back")
                        + "; try again later, or go on without it");
    }

    // ------------------------------------------------------------------ what the server says

    private final class Told implements Connection.Events {
        @Override
        public void listChanged() {
            server.bell().ring(Bell.Reason.LIST);
        }

        @Override
        public void suspect() {
            server.suspect();
        }

        @Override
        public void lost() {
            server.bell().ring(Bell.Reason.LOST);
        }

        @Override
        public void progress(ObjectNode params) {
            ToolCall call = running.get(params.path("progressToken").asText());
            if (call != null) {
                call.progress()
                        .accept(
                                new Progress(
                                        params.path("progress").asDouble(),
                                        params.path("total").asDouble(),
                                        params.path("message").asText("")));
            }
        }
    }

    /** A tool asks an agent: on the account of the call in which it does. */
    private ObjectNode asked(ObjectNode params) {
        JsonNode question = params.path("metadata").path(OwnMeta.AGENT);
        ToolCall call = running.get(question.path("call").asText());
        ToolResult result =
                call == null
                        ? new Failed("not_allowed", "the call that asks is over")
                        : call.agents()
                                .ask(
                                        question.path("alias").asText(),
                                        question.path("query").asText(),
                                        question.path("options"),
                                        call.cancellation());
        ObjectNode answer = Json.object().put("role", "assistant").put("model", "agent");
        answer.putObject("content").put("type", "text").put("text", Json.text(told(result)));
        return answer.put("stopReason", "endTurn");
    }

    private static ObjectNode told(ToolResult result) {
        ObjectNode told = Json.object();
        switch (result) {
            case ToolResult.Ok(JsonNode value) -> told.set("ok", value);
            case Failed(String code, String message) ->
                    told.putObject("failed").put("code", code).put("message", message);
            case ToolResult.TimedOut(Duration after) ->
                    told.putObject("failed")
                            .put("code", "timeout")
                            .put("message", "no answer within " + after.toSeconds() + " s");
        }
        return told;
    }
}
