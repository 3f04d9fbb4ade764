package io.magicproxy.store;

import io.magicproxy.config.Option;
import io.magicproxy.config.SecretRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code backend_settings.kafka}: the queue of several gateways. A change needs a restart. */
public record KafkaConfig(
        @Option(value = "Some of the brokers.", example = "kafka:9092")
                List<String> bootstrapServers,
        @Option(
                        value =
                                "The topic of the runs that wait. It is made if it isn't there, and has one partition.",
                        standard = "magic-proxy.tasks")
                String topic,
        @Option(
                        value =
                                "The topic of runs that were given up, with the reason in the headers.",
                        standard = "magic-proxy.tasks.dead")
                String deadLetterTopic,
        @Option(value = "The share group of the workers.", standard = "magic-proxy-workers")
                String group,
        @Option(
                        value =
                                "How many brokers hold a topic that is made. Left out: three, or as many as there are.",
                        min = 1)
                Optional<Integer> replicationFactor,
        @Option(
                        value =
                                "How long a broker may take to answer; then runs are refused until it is back.",
                        standard = "5s",
                        min = 1)
                Duration timeout,
        @Option(
                        value =
                                "Settings of Kafka's own clients, such as those of TLS and SASL; a value may be `os.environ/NAME`.",
                        example = "{security.protocol: SASL_SSL}")
                Map<String, SecretRef> client) {}
