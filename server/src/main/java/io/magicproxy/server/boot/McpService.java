package io.magicproxy.server.boot;

import io.magicproxy.gateway.Additions;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayWorld;
import io.magicproxy.mcp.AgentTools;
import io.magicproxy.mcp.ManifestFiles;
import io.magicproxy.mcp.McpEndpoint;
import io.magicproxy.mcp.McpOffer;
import io.magicproxy.mcp.PromptFiles;
import io.magicproxy.mcp.PromptSource;
import io.magicproxy.mcp.ResourceSource;
import io.magicproxy.plugin.Failures;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.usage.Payer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The MCP server, put together. */
final class McpService implements AutoCloseable {
    /** Characters of an agent's answer. */
    private static final int MAX_ANSWER = 1024 * 1024;

    private final Gateway gateway;
    private final SessionService sessions;
    private final Additions additions;
    private final McpEndpoint endpoint;

    McpService(Gateway gateway, SessionService sessions, Additions additions, InstantSource clock) {
        this.gateway = gateway;
        this.sessions = sessions;
        this.additions = additions;
        this.endpoint =
                new McpEndpoint(
                        this::offer,
                        Version.number(),
                        () -> gateway.current().config().mcpSettings(),
                        clock);
    }

    private McpOffer offer() {
        GatewayWorld world = sessions.world();
        sessions.scripts()
                .tools()
                .onChange(report ->
                        report.failure()
                                .ifPresent(failure ->
                                        endpoint.warn(
                                                "tools",
                                                sessions.mask()
                                                        .apply(
                                                                report.file()
                                                                        + " does not load: "
                                                                        + Failures.text(
                                                                                failure)))));
        var agents =
                new AgentTools(
                        world::exposedAgents,
                        action -> gateway.onRead(_ -> action.run()),
                        sessions.agents(Payer.MASTER));
        List<PromptSource> prompts = new ArrayList<>(additions.prompts());
        prompts.addFirst(new PromptFiles(sessions.texts().prompts()));
        List<ResourceSource> resources = new ArrayList<>(additions.resources());
        resources.addFirst(new ManifestFiles(sessions.texts().manifests()));
        return new McpOffer(
                List.of(
                        sessions.scripts().invoker(),
                        new ToolInvoker(
                                agents,
                                new ToolInvoker.Settings(
                                        MAX_ANSWER, UnaryOperator.identity(), sessions.witness()))),
                McpOffer.Audience.ANYBODY,
                caller -> sessions.agents(caller.owner()),
                prompts,
                resources);
    }

    McpEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        endpoint.close();
    }
}
