package io.magicproxy.store;

import io.magicproxy.config.DataSize;
import io.magicproxy.config.Option;
import java.time.Duration;
import java.util.Optional;

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
        @Option(
                        value =
                                "How long sums of usage and cost are kept. A change needs a restart.",
                        standard = "400d",
                        min = 1)
                Duration usageRetention,
        @Option(
                        value =
                                "How long the log of what administrators changed is kept. A change needs a restart.",
                        standard = "90d",
                        min = 1)
                Duration auditRetention,
        @Option(
                        value =
                                "Whether what runs were asked, said and answered is kept. If not, it is dropped for good when a run has ended: what stays is who asked which agent when, its steps and calls, tokens and cost. Then a run can't be resumed or forked, and the session's next one doesn't know of it. A change needs a restart.",
                        standard = "true")
                boolean storeContent,
        @Option(
                        value =
                                "Without `store_content`: how long content stays after a run's end, for those who still read it. A change needs a restart.",
                        standard = "60s",
                        min = 1)
                Duration dropContentAfter,
        @Option(
                        value =
                                "What one call of a run may give back; more ends the run with `journal_limit`. A change needs a restart.",
                        standard = "1MiB",
                        min = 1024)
                DataSize maxResult,
        @Option(
                        value =
                                "What the results and events of a run may come to; more ends it with `journal_limit`. A change needs a restart.",
                        standard = "64MiB",
                        min = 65536)
                DataSize maxJournal,
        @Option("How runs wait for their workers.") QueueConfig queue,
        @Option(
                        value =
                                "Where sessions, their runs and events are kept: in the data folder, or in Redis, for all gateways. A change needs a restart.",
                        standard = "embedded")
                Events events,
        @Option("The brokers, with `queue: kafka`.") Optional<KafkaConfig> kafka,
        @Option("What several gateways share is kept there: docs/operations.md.")
                Optional<RedisConfig> redis) {

    /** Where sessions are kept. */
    public enum Events {
        EMBEDDED,
        REDIS
    }
}
