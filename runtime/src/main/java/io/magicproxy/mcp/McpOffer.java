package io.magicproxy.mcp;

import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolInvoker;
import java.util.List;

/**
 * What clients are offered. Of two things with one name, that of the earlier source is taken.
 *
 * @param agents whom tools may ask
 */
public record McpOffer(
        List<ToolInvoker> tools,
        ToolCall.Agents agents,
        List<PromptSource> prompts,
        List<ResourceSource> resources) {}
