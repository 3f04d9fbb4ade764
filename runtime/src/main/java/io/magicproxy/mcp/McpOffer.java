package io.magicproxy.mcp;

import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.upstream.Cancellation;
import java.util.List;
import java.util.function.Function;

/**
 * What clients are offered. Of two things with one name, that of the earlier source is taken.
 *
 * @param agents whom tools may ask, for a call that can be given up
 */
public record McpOffer(
        List<ToolInvoker> tools,
        Function<Cancellation, ToolCall.Agents> agents,
        List<PromptSource> prompts,
        List<ResourceSource> resources) {}
