package io.magicproxy.cache;

import io.magicproxy.config.DataSize;
import io.magicproxy.config.Option;
import java.util.List;

/** {@code cache_settings}: which answers are remembered. */
public record CacheConfig(
        @Option(value = "Whether answers are remembered at all.", standard = "false")
                boolean enabled,
        @Option(
                        value =
                                "Stands before every key. Another one makes all that is remembered forgotten.",
                        standard = "magic-proxy")
                String keyPrefix,
        @Option(
                        value = "How much is kept in memory; what is used least goes first.",
                        standard = "64MiB",
                        min = 65536)
                DataSize maxSize,
        @Option(value = "Larger answers are not kept.", standard = "1MiB", min = 1024)
                DataSize maxAnswer,
        @Option("Whose answers are remembered. A profile that no rule names has none remembered.")
                List<CacheRule> rules) {}
