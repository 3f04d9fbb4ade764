package io.magicproxy.mcp;

import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolInvoker;
import java.util.List;
import java.util.function.Function;

/**
 * What clients are offered. Of two things with one name, that of the earlier source is taken.
 *
 * @param agents whom tools may ask, by who called them
 */
public record McpOffer(
        List<ToolInvoker> tools,
        Audience audience,
        Function<McpCaller, ToolCall.Agents> agents,
        List<PromptSource> prompts,
        List<ResourceSource> resources) {

    /** Who the clients are. */
    public enum Audience {
        ANYBODY,
        /** Gateways, which are told also what the protocol has no words for. */
        GATEWAYS
    }

    /** The tools alone, for gateways whose tools these are; agents are asked there. */
    public static McpOffer toGateways(ToolInvoker tools) {
        return new McpOffer(
                List.of(tools), Audience.GATEWAYS, CallersAgents::new, List.of(), List.of());
    }
}
