package io.magicproxy.store;

import io.magicproxy.config.Option;
import java.time.Duration;

/** {@code backend_settings}: where state is kept. */
public record BackendConfig(
        @Option(
                        value =
                                "The folder of the gateway's own data, relative to this file. A change needs a restart.",
                        standard = "data")
                String dataDir,
        @Option(
                        value =
                                "How long requests and streams under way may go on when the gateway is told to stop. A change needs a restart.",
                        standard = "25",
                        min = 0)
                Duration drainSeconds,
        @Option(
                        value = "How long sessions at rest are kept. A change needs a restart.",
                        standard = "7d",
                        min = 1)
                Duration retention,
        @Option("How runs wait for their workers.") QueueConfig queue) {}
