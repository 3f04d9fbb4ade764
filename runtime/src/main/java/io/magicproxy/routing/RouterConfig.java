package io.magicproxy.routing;

import io.magicproxy.config.Option;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** {@code router_settings}: how a request finds its profile, and what happens when that fails. */
public record RouterConfig(
        @Option(
                        value = "Aliases: each names the profiles to try, in order.",
                        example = "{main: [gpt-main, gpt-backup]}")
                Map<String, List<String>> modelGroupAlias,
        @Option(
                        value =
                                "In which order an alias tries its profiles: `ordered` as they are written (so is every alias"
                                        + " that isn't named here), `weighted` at random by their `weight`, `least_busy` those with the fewest calls"
                                        + " under way first, `latency` the quickest of late first, `cost` the cheapest first.",
                        example = "{main: weighted}")
                Map<String, RoutingStrategy> routingStrategy,
        @Option(
                        value = "How often a passing failure is tried again on the same profile.",
                        standard = "2",
                        min = 0)
                int numRetries,
        @Option(value = "The least wait before such a retry.", standard = "0s", min = 0)
                Duration retryAfter,
        @Option(
                        value = "How long a request may take, all attempts together.",
                        standard = "600s",
                        min = 1)
                Duration timeout,
        @Option(value = "How long a stream may take to its first token.", standard = "60s", min = 1)
                Duration streamTimeout,
        @Option(value = "How long connecting to a provider may take.", standard = "10s", min = 1)
                Duration connectTimeout,
        @Option(
                        value = "Passing failures within a minute that make a profile rest.",
                        standard = "3",
                        min = 1)
                int allowedFails,
        @Option(value = "How long it rests.", standard = "30s", min = 1) Duration cooldownTime,
        @Option(
                        value = "Profiles to try when a request is too long, by alias or profile.",
                        example = "{main: [gemini-long]}")
                Map<String, List<String>> contextWindowFallbacks,
        @Option(
                        value =
                                "Profiles to try when a provider's filter refuses a request, by alias or profile.",
                        example = "{main: [claude]}")
                Map<String, List<String>> contentPolicyFallbacks) {}
