package io.magicproxy.mcp;

import io.magicproxy.config.Option;
import io.magicproxy.mcp.client.McpServerConfig;
import java.time.Duration;
import java.util.List;

/** {@code mcp_settings}: the MCP server at {@code /mcp}, and servers whose tools are used. */
public record McpConfig(
        @Option(
                        value =
                                "How many clients' sessions there may be; one more ends the one that has been idle longest.",
                        standard = "1000",
                        min = 1)
                int maxSessions,
        @Option(value = "After which a session that nobody uses ends.", standard = "30m", min = 1)
                Duration sessionIdle,
        @Option(
                        value =
                                "How long a call goes on when its client's connection has broken, for the client to come back to it.",
                        standard = "30s",
                        min = 1)
                Duration resumeWindow,
        @Option(
                        "Remote MCP servers whose tools agents may use. A change counts at once, and disturbs no other server.")
                List<McpServerConfig> servers) {}
