package io.magicproxy.mcp.client;

import io.magicproxy.config.Option;
import io.magicproxy.config.SecretRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code mcp_settings.servers[]}: a remote MCP server whose tools agents may use. */
public record McpServerConfig(
        @Option(
                        value =
                                "Its tools are called `<name>__<tool>`: letters, digits, `-` and `_`, at most 32.",
                        example = "github")
                String name,
        @Option(
                        value = "Its address, if it is reached by Streamable HTTP.",
                        example = "https://mcp.example.com/mcp")
                Optional<String> url,
        @Option(
                        value =
                                "The program to start, if it is reached by standard input and output; in this file's folder.",
                        example = "npx")
                Optional<String> command,
        @Option(
                        value = "The program's arguments.",
                        example = "[\"-y\", \"@modelcontextprotocol/server-everything\"]")
                List<String> args,
        @Option(
                        "The program's environment, by name; besides it has only such as PATH and HOME. The values are secrets.")
                Map<String, SecretRef> env,
        @Option("Headers for each request to `url`, by name. The values are secrets.")
                Map<String, SecretRef> headers,
        @Option(
                        value =
                                "Its tools that may be used, as it names them, `*` for anything; without the list, all.",
                        example = "[search_*, get_issue]")
                Optional<List<String>> allow,
        @Option(
                        value = "How long connecting may take, and each look whether it is alive.",
                        standard = "10s",
                        min = 1)
                Duration connectTimeout,
        @Option(value = "After which a call is given up.", standard = "60s", min = 1)
                Duration timeout,
        @Option(value = "How many calls of each tool may be under way.", standard = "16", min = 1)
                int concurrency,
        @Option(
                        value = "How many of its tools are taken; those after them are left out.",
                        standard = "128",
                        min = 1)
                int maxTools,
        @Option(value = "How often it is asked whether it is alive.", standard = "30s", min = 1)
                Duration pingEvery) {}
