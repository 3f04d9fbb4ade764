package io.magicproxy.store;

import io.magicproxy.config.Option;
import java.time.Duration;

/** {@code backend_settings.queue}: how runs wait for their workers. A change needs a restart. */
public record QueueConfig(
        @Option(
                        value =
                                "Where runs wait: in this gateway, or in Kafka, for the workers of all gateways. `queue: kafka` says the same.",
                        standard = "embedded",
                        shorthand = true)
                Kind kind,
        @Option(
                        value =
                                "Runs that this process works at together. With `kafka` it may be 0: then workers elsewhere have to.",
                        standard = "256",
                        min = 0)
                int slots,
        @Option(
                        value = "Runs that may wait; more are answered with 429.",
                        standard = "10000",
                        min = 1)
                int capacity,
        @Option(
                        value = "A run that no worker takes within this time is cancelled.",
                        standard = "10s",
                        min = 1)
                Duration ackSeconds,
        @Option(
                        value =
                                "How often a run that costs the gateway its life is taken up again.",
                        standard = "5",
                        min = 1)
                int attempts,
        @Option(
                        value = "How long a worker that shows no life keeps its run.",
                        standard = "6s",
                        min = 1)
                Duration lease) {

    /** Where runs wait. */
    public enum Kind {
        EMBEDDED,
        KAFKA
    }
}
