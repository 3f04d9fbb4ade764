package io.magicproxy.routing;

import io.magicproxy.config.Option;
import java.time.Duration;
import java.util.Optional;

/** {@code key_management_settings}: where keys are, and how long a bad one rests. */
public record KeyManagementConfig(
        @Option(
                        value =
                                "The folder of the `keys_pool_<pool>.env` files, relative to this file.",
                        standard = "keys_pool")
                String keysDir,
        @Option(
                        value =
                                "Whether a key that was refused for its rate rests; if not, the others only come first.",
                        standard = "true")
                boolean enableQuarantine,
        @Option(
                        value =
                                "How long it rests when the provider names no time; repeats double it.",
                        standard = "60",
                        min = 1)
                Duration quarantineSeconds,
        @Option(
                        value =
                                "How often keys that have rested, and keys that their provider refused, are tried with a call that costs"
                                        + " nothing (the list of models); without it, a real request tries a rested key, and a refused one"
                                        + " stays retired.",
                        example = "5m",
                        min = 1)
                Optional<Duration> probeEvery,
        @Option(
                        value = "Refusals of a key in a row after which it is retired.",
                        standard = "1",
                        min = 1)
                int retireAfter) {}
