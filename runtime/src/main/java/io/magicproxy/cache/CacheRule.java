package io.magicproxy.cache;

import io.magicproxy.config.Option;
import java.time.Duration;
import java.util.List;

/** One of {@code cache_settings.rules}. */
public record CacheRule(
        @Option(
                        value =
                                "The profiles that it holds for; an answer is looked up when a request's chain reaches one.",
                        example = "[gpt-main]")
                List<String> modelNames,
        @Option(
                        value =
                                "Which fields of the body must be the same, besides those that always must (`tools`,"
                                        + " `tool_choice`, `response_format`, `n`). Without the list, all.",
                        example = "[messages, temperature]")
                List<String> includeInKey,
        @Option(value = "How long an answer is remembered.", standard = "1h", min = 1)
                Duration ttlSeconds,
        @Option(
                        value =
                                "Whether teams get each other's answers. If not, each team has its own.",
                        standard = "false")
                boolean shared) {}
