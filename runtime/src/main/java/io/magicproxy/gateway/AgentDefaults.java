package io.magicproxy.gateway;

import io.magicproxy.config.Option;
import io.magicproxy.config.SecretRef;
import java.util.List;
import java.util.Optional;

/** {@code agent_settings}: what holds for all agents that don't say otherwise. */
public record AgentDefaults(
        @Option(value = "The pattern that agents reason by.", standard = "basic_react")
                String reasoningMode,
        @Option(value = "How many steps a run may take.", standard = "12", min = 1) int maxSteps,
        @Option(
                        value =
                                "How many tokens a run may use, read and written, nested agents included.",
                        standard = "500000",
                        min = 1)
                int maxTokensTotal,
        @Option(value = "How long a run may be worked at, in seconds.", standard = "900", min = 1)
                int maxSeconds,
        @Option(
                        value = "The tools that agents may use; without the list, all.",
                        example = "[calculator]")
                Optional<List<String>> tools,
        @Option(
                        value =
                                "The server's instruction, after the pattern's own: a text, or the name of a file in `system_prompts/`.",
                        example = "Answer in French.")
                Optional<String> systemPrompt,
        @Option(
                        value =
                                "The folder of the patterns, relative to this file. A change needs a restart.",
                        standard = "patterns")
                String patternsDir,
        @Option(
                        value =
                                "The folder of the tools, relative to this file. A change needs a restart.",
                        standard = "tools")
                String toolsDir,
        @Option(
                        value =
                                "The folder of the prompts, relative to this file. A change needs a restart.",
                        standard = "system_prompts")
                String promptsDir,
        @Option(
                        value =
                                "The folder of the manifests, relative to this file. A change needs a restart.",
                        standard = "manifests")
                String manifestsDir,
        @Option(
                        value =
                                "The tool server, if the tools run in a process of their own (`magic-proxy tools`); the folder of the tools is its matter then. A change needs a restart.",
                        example = "http://127.0.0.1:8002/mcp")
                Optional<String> mcpServerUrl,
        @Option(
                        value =
                                "What the tool server asks for, and the gateway sends it, if `mcp_server_url` is used. A change needs a restart.",
                        example = "os.environ/MAGIC_PROXY_TOOLS_KEY")
                Optional<SecretRef> mcpServerKey) {}
