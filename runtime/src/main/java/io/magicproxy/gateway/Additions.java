package io.magicproxy.gateway;

import io.magicproxy.mcp.PromptSource;
import io.magicproxy.mcp.ResourceSource;
import io.magicproxy.tool.ToolSource;
import java.util.List;

/** What a program that embeds the gateway offers besides the files in its folders. */
public record Additions(
        List<ToolSource> tools, List<PromptSource> prompts, List<ResourceSource> resources) {
    public static Additions none() {
        return new Additions(List.of(), List.of(), List.of());
    }
}
