package io.magicproxy.server.boot;

import io.magicproxy.store.BackendConfig;
import io.magicproxy.store.KafkaConfig;
import io.magicproxy.store.QueueConfig;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedJournal;
import io.magicproxy.store.embedded.EmbeddedTaskQueue;
import io.magicproxy.store.kafka.KafkaLink;
import io.magicproxy.store.kafka.KafkaTaskQueue;
import io.magicproxy.store.redis.RedisStores;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.TaskQueue;
import java.time.InstantSource;
import java.util.Optional;

/** Where sessions are kept and wait: in this gateway, or in Redis and Kafka, for all of them. */
record SessionStores(Journal journal, TaskQueue queue, Optional<KafkaLink> kafka) {
    /**
     * @param slots of this process
     */
    static SessionStores open(
            BackendConfig config,
            int slots,
            EmbeddedDatabase database,
            Optional<RedisStores> shared,
            InstantSource clock,
            OpenThings open)
            throws StoreException {
        QueueConfig queue = config.queue();
        if (queue.kind() == QueueConfig.Kind.EMBEDDED) {
            return new SessionStores(
                    new EmbeddedJournal(database, clock),
                    new EmbeddedTaskQueue(database, clock, queue.lease(), queue.capacity()),
                    Optional.empty());
        }
        // The configuration's checks have seen to it that both are there.
        RedisStores redis = shared.orElseThrow();
        KafkaConfig kafka = config.kafka().orElseThrow();
        KafkaLink link = open.opened(KafkaLink.open(kafka, slots > 0));
        return new SessionStores(
                redis.journal(),
                open.opened(
                        new KafkaTaskQueue(link, redis.ledger(), queue.lease(), queue.capacity())),
                Optional.of(link));
    }
}
