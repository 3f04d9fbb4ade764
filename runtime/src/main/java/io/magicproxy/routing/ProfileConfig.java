package io.magicproxy.routing;

import io.magicproxy.config.Option;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One entry of {@code model_list}: a model at a provider, under a name of ours. */
public record ProfileConfig(
        @Option(
                        value =
                                "The profile's name, used in aliases; it can also be asked for directly.",
                        example = "gpt-main")
                String modelName,
        @Option(
                        value =
                                "Who serves it: `openai`, `azure`, `google`, `anthropic`, `mistral`, `deepseek`, `groq`,"
                                        + " `together`, `openrouter`, `local` (vLLM, Ollama, llama.cpp) or `simulator`.",
                        example = "openai")
                String provider,
        @Option("What it asks of the provider.") ModelParams modelParams,
        @Option(
                        value =
                                "Whose keys it uses: `keys_pool/keys_pool_<name>.env`. Without it, the provider's own pool.",
                        example = "team-a")
                Optional<String> keyPool,
        @Option(
                        value = "How long one call may take; without it `router_settings.timeout`.",
                        example = "120s",
                        min = 1)
                Optional<Duration> timeout,
        @Option(
                        value =
                                "How long a stream may take to its first token; without it `router_settings.stream_timeout`.",
                        example = "20s",
                        min = 1)
                Optional<Duration> streamTimeout,
        @Option(value = "How many calls may be under way at once.", example = "50", min = 1)
                Optional<Integer> maxConcurrent,
        @Option(
                        value =
                                "Its share where an alias has the strategy `weighted`: 95 beside 5 is asked first in 95 of 100"
                                        + " requests; 0: only when the others have failed. Without it, 1.",
                        example = "95",
                        min = 0)
                Optional<Integer> weight,
        @Option(
                        value =
                                "Requests that ask for tags, with `x-magic-tags`, try only profiles that have all of them.",
                        example = "[eu, premium]")
                List<String> tags,
        @Option("What is known of the model.") ModelInfo modelInfo) {}
