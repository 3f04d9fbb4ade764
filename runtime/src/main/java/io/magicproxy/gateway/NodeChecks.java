package io.magicproxy.gateway;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.Problems;
import io.magicproxy.config.SecretRef;
import io.magicproxy.store.BackendConfig;
import io.magicproxy.store.KafkaConfig;
import io.magicproxy.store.QueueConfig;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What {@code backend_settings} must get right for several gateways to share their sessions. */
record NodeChecks(Problems problems) {
    private static final Pattern SERVER = Pattern.compile("[^\\s:/,]+:\\d{1,5}");

    /** What the queue rests on; the clients' other settings are the operator's. */
    private static final List<String> OURS =
            List.of("bootstrap.servers", "group.id", "acks", "max.poll.records");

    void run(BackendConfig backend, ConfigNode at) {
        boolean queue = backend.queue().kind() == QueueConfig.Kind.KAFKA;
        boolean events = backend.events() == BackendConfig.Events.REDIS;
        if (queue && !events) {
            problems.error(
                    child(at, "queue"),
                    "on kafka needs \"events: redis\" beside it: the workers of other gateways must"
                            + " find the sessions");
        }
        if (events && !queue) {
            problems.error(
                    child(at, "events"),
                    "in redis need \"queue: kafka\" beside it: else two gateways work at one run");
        }
        if (queue && backend.kafka().isEmpty()) {
            problems.error(
                    at, "needs \"kafka\", such as kafka: {bootstrap_servers: [\"kafka:9092\"]}");
        }
        if (events && backend.redis().isEmpty()) {
            problems.error(at, "needs \"redis\", such as redis: {urls: [\"redis://redis:6379\"]}");
        }
        if (!queue && backend.queue().slots() == 0) {
            problems.error(
                    child(child(at, "queue"), "slots"),
                    "must be at least 1: nobody else works at this gateway's runs");
        }
        backend.kafka().ifPresent(kafka -> kafka(kafka, child(at, "kafka")));
    }

    private void kafka(KafkaConfig kafka, ConfigNode at) {
        if (kafka.bootstrapServers().isEmpty()) {
            problems.error(at, "needs \"bootstrap_servers\", such as [\"kafka:9092\"]");
        }
        for (String server : kafka.bootstrapServers()) {
            if (!SERVER.matcher(server).matches()) {
                problems.error(
                        child(at, "bootstrap_servers"),
                        "\"" + server + "\" is no broker's address, such as kafka:9092");
            }
        }
        ConfigNode client = child(at, "client");
        kafka.client().forEach((name, value) -> client(name, value, client));
    }

    private void client(String name, SecretRef value, ConfigNode at) {
        if (OURS.contains(name)) {
            problems.error(child(at, name), "is set by the gateway");
        } else if (value.value().isEmpty()) {
            problems.error(
                    child(at, name),
                    value.variable().map(v -> "set " + v).orElse("write a value")
                            + ", or remove the line");
        }
    }

    private static ConfigNode child(ConfigNode at, String key) {
        return Optional.of(at)
                .filter(Mapping.class::isInstance)
                .flatMap(section -> ((Mapping) section).get(key))
                .orElse(at);
    }
}
