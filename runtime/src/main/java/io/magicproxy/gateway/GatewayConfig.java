package io.magicproxy.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.cache.CacheConfig;
import io.magicproxy.config.Option;
import io.magicproxy.mcp.McpConfig;
import io.magicproxy.routing.KeyManagementConfig;
import io.magicproxy.routing.ProfileConfig;
import io.magicproxy.routing.RouterConfig;
import io.magicproxy.store.BackendConfig;
import io.magicproxy.telemetry.TelemetryConfig;
import java.util.List;
import java.util.Map;

/** The whole of {@code proxy_config.yaml}. */
public record GatewayConfig(
        @Option("Free-form: a place for anchors.") JsonNode definitions,
        @Option("The profiles: which models there are, and where.") List<ProfileConfig> modelList,
        @Option("How requests find their profile.") RouterConfig routerSettings,
        @Option("What holds for all agents.") AgentDefaults agentSettings,
        @Option("Where scripts run, and how far.") SandboxConfig sandboxSettings,
        @Option("The MCP server at `/mcp`, and remote ones.") McpConfig mcpSettings,
        @Option("How streams are written.") StreamingConfig streamingSettings,
        @Option("Which answers are remembered.") CacheConfig cacheSettings,
        @Option("Where keys are, and how they rest.") KeyManagementConfig keyManagementSettings,
        @Option("Where state is kept.") BackendConfig backendSettings,
        @Option("Who may ask, and how much.") SecurityConfig securitySettings,
        @Option("What is told of its work: traces, metrics, the log.")
                TelemetryConfig telemetrySettings,
        @Option(
                        value =
                                "Models by provider, for the drop-down lists of the sandbox UI; nothing else reads them.",
                        example = "{openai: [gpt-6.2-sol, gpt-6-luna]}")
                Map<String, List<String>> providerModelLists) {

    /** Without the definitions, which may hold secrets. */
    @Override
    public String toString() {
        return "GatewayConfig[%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s]"
                .formatted(
                        modelList,
                        routerSettings,
                        agentSettings,
                        sandboxSettings,
                        mcpSettings,
                        streamingSettings,
                        cacheSettings,
                        keyManagementSettings,
                        backendSettings,
                        securitySettings,
                        telemetrySettings);
    }
}
