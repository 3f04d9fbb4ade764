package io.magicproxy.routing;

import io.magicproxy.config.Option;
import java.util.List;
import java.util.Optional;

/** {@code model_params.agent_settings}: makes the profile an agent. */
public record AgentConfig(
        @Option(
                        value =
                                "The pattern it reasons by: the name of a file in `patterns/`. Without it, that of `agent_settings`.",
                        example = "basic_react")
                Optional<String> reasoningMode,
        @Option(
                        value =
                                "How many steps a run may take; without it that of `agent_settings`.",
                        example = "20",
                        min = 1)
                Optional<Integer> maxSteps,
        @Option(
                        value =
                                "How many tokens a run may use, read and written; without it that of `agent_settings`.",
                        example = "200000",
                        min = 1)
                Optional<Integer> maxTokensTotal,
        @Option(
                        value =
                                "How long a run may be worked at, in seconds; without it that of `agent_settings`.",
                        example = "300",
                        min = 1)
                Optional<Integer> maxSeconds,
        @Option(
                        value = "The tools that it may use; without the list, all.",
                        example = "[calculator]")
                Optional<List<String>> tools,
        @Option(
                        value =
                                "The server's instruction, after the pattern's own: a text, or the name of a file in `system_prompts/`.",
                        example = "plain_speaker.md")
                Optional<String> systemPrompt,
        @Option(
                        value =
                                "Further texts for its prompt, or the names of files in `manifests/`.",
                        example = "[house_style.md, \"Prices are in euros.\"]")
                List<String> manifests,
        @Option(
                        value =
                                "Offers the agent to MCP clients as a tool, `ask_<alias>`; see docs/mcp.md.",
                        standard = "false")
                boolean exposeAsTool,
        @Option(
                        value = "What that tool is said to be good for; models decide by it.",
                        example = "Compares offers and explains its choice.")
                Optional<String> toolDescription) {}
