package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.session.AgentRuns;
import io.magicproxy.session.Events;
import io.magicproxy.tool.Tool;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolCall.Progress;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSpec;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;

/** An agent that is asked as a tool. Its steps are the call's progress, its thoughts its log. */
final class AgentTool implements Tool {
    private final String alias;
    private final ToolSpec spec;
    private final AgentRuns runs;

    AgentTool(String alias, ToolSpec spec, AgentRuns runs) {
        this.alias = alias;
        this.spec = spec;
        this.runs = runs;
    }

    @Override
    public ToolSpec spec() {
        return spec;
    }

    @Override
    public ToolResult call(ToolCall call) {
        ObjectNode request =
                Json.object()
                        .put("model_alias", alias)
                        .put("user_query", call.arguments().path("query").asText());
        if (call.arguments().has("session_id")) {
            request.set("session_id", call.arguments().get("session_id"));
        }
        // On the caller's account, where the call says whose it is.
        AgentRuns payer = call.agents() instanceof AgentRuns own ? own : runs;
        return switch (payer.ask(request, call.cancellation(), new Told(call))) {
            case ToolResult.Ok(JsonNode answer) -> new ToolResult.Ok(content(answer));
            case ToolResult.Failed failed -> failed;
            case ToolResult.TimedOut timedOut -> timedOut;
        };
    }

    /** The answer alone as text, for models; all of it as data. */
    private static ObjectNode content(JsonNode answer) {
        ObjectNode content = Json.object();
        content.putArray("content")
                .addObject()
                .put("type", "text")
                .put("text", answer.path("answer").asText());
        content.set("structuredContent", answer);
        return content;
    }

    /** Passes on what the run tells. */
    private final class Told implements AgentRuns.Watcher {
        private final ToolCall call;
        private int told;

        Told(ToolCall call) {
            this.call = call;
        }

        @Override
        public void saw(String event, JsonNode payload) {
            switch (event) {
                case Events.STEP -> progress(payload.path("title").asText());
                case Events.TOOL_START -> progress("calls " + payload.path("tool_name").asText());
                case Events.THOUGHT ->
                        McpCaller.of(call)
                                .ifPresent(caller ->
                                        caller.log(
                                                LoggingLevel.DEBUG,
                                                alias,
                                                payload.path("text").asText()));
                default -> {
                    // What else happens is for those who watch the session.
                }
            }
        }

        /** How many steps there will be is not known. */
        private void progress(String message) {
            call.progress().accept(new Progress(++told, 0, message));
        }
    }
}
