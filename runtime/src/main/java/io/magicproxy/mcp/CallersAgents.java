package io.magicproxy.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.mcp.client.OwnMeta;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolResult.Failed;
import io.magicproxy.upstream.Cancellation;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Sinks;

/**
 * Agents of whoever called the tool: it is asked for a sample, in the call's own stream. A gateway
 * answers with the agent that is meant, on the account of the run that called the tool; any other
 * client with what its model says.
 */
final class CallersAgents implements ToolCall.Agents {
    private static final int MAX_TOKENS = 4096;

    private final McpCaller caller;

    CallersAgents(McpCaller caller) {
        this.caller = caller;
    }

    @Override
    public ToolResult ask(String alias, String query, JsonNode options, Cancellation cancellation) {
        Sinks.Empty<Void> over = Sinks.empty();
        try (var _ = cancellation.onCancel(over::tryEmitEmpty)) {
            Optional<CreateMessageResult> answer =
                    caller.asking()
                            .createMessage(question(alias, query, options))
                            .takeUntilOther(over.asMono())
                            .blockOptional();
            return answer.map(CallersAgents::told)
                    .orElseGet(() -> new Failed("cancelled", "the call was given up"));
        } catch (RuntimeException e) {
            return new Failed(
                    "agent_failed",
                    "who called this tool answers no questions of it ("
                            + e.getMessage()
                            + "); call it through the gateway");
        }
    }

    private CreateMessageRequest question(String alias, String query, JsonNode options) {
        ObjectNode which = Json.object().put("alias", alias).put("query", query);
        which.set("options", options);
        which.put("call", caller.token());
        return CreateMessageRequest.builder(
                        List.of(new SamplingMessage(Role.USER, TextContent.builder(query).build())),
                        MAX_TOKENS)
                .metadata(Map.of(OwnMeta.AGENT, which))
                .build();
    }

    private static ToolResult told(CreateMessageResult answer) {
        Content content = answer.content();
        String text = content instanceof TextContent said ? String.valueOf(said.text()) : "";
        JsonNode told = read(text);
        if (told.has("ok")) {
            return new ToolResult.Ok(told.path("ok"));
        }
        if (told.path("failed").has("code")) {
            return new Failed(
                    told.at("/failed/code").asText(), told.at("/failed/message").asText());
        }
        return new ToolResult.Ok(Json.object().put("answer", text));
    }

    private static JsonNode read(String text) {
        try {
            return Json.read(text);
        } catch (JsonProcessingException e) {
            return Json.object();
        }
    }
}
