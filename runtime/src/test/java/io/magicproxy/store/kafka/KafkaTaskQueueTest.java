package io.magicproxy.store.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.magicproxy.store.KafkaConfig;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.redis.Redis;
import io.magicproxy.store.redis.RedisTaskLedger;
import io.magicproxy.store.session.TaskQueue;
import io.magicproxy.store.session.TaskQueue.Lease;
import io.magicproxy.store.session.TaskQueueContract;
import io.magicproxy.testing.RealKafka;
import io.magicproxy.testing.RealRedis;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real broker and a real Redis, and what only several processes have. */
class KafkaTaskQueueTest extends TaskQueueContract {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofSeconds(30);

    @TempDir private static Path folder;
    private static RealKafka kafka;
    private static RealRedis server;

    private final Redis redis = new Redis(() -> server.url());
    private final KafkaConfig config = config("t-" + UUID.randomUUID());

    @BeforeAll
    static void start() {
        // Each test's worker joins a group of its own, sooner than after Kafka's five seconds; and
        // a
        // broker may come back before its absence was noticed.
        kafka =
                RealKafka.start(
                        folder.resolve("kafka"),
                        1,
                        Map.of(
                                "group.share.min.heartbeat.interval.ms", "300",
                                "group.share.heartbeat.interval.ms", "300",
                                "broker.session.timeout.ms", "3000",
                                "group.share.max.size", "2"));
        server = RealRedis.start(folder.resolve("redis"));
    }

    @AfterAll
    static void stop() {
        kafka.close();
        server.close();
    }

    @AfterEach
    void close() throws Exception {
        redis.closeAll();
    }

    private static KafkaConfig config(String name) {
        return new KafkaConfig(
                List.of(kafka.servers()),
                name,
                name + ".dead",
                "workers of " + name,
                Optional.empty(),
                Duration.ofSeconds(3),
                Map.of());
    }

    @Override
    protected TaskQueue open(InstantSource clock, Duration lease, int capacity) throws Exception {
        redis.closeAll();
        return another(clock, lease, capacity);
    }

    /** A second process's, so to speak. */
    private KafkaTaskQueue another(InstantSource clock, Duration lease, int capacity)
            throws Exception {
        var ledger = new RedisTaskLedger(redis.link(), () -> Long.toString(clock.millis()));
        KafkaLink link = redis.opened(KafkaLink.open(config, true));
        return redis.opened(new KafkaTaskQueue(link, ledger, lease, capacity));
    }

    @Override
    protected Duration aMoment() {
        return Duration.ofMillis(500);
    }

    private KafkaTaskQueue process() throws Exception {
        return another(InstantSource.system(), LEASE, 100);
    }

    @Test
    void what_comes_in_at_one_process_is_taken_at_another() throws Exception {
        KafkaTaskQueue one = process();
        KafkaTaskQueue other = process();
        assertThat(one.offer("a")).isTrue();
        Lease lease = other.take("other", LONG).orElseThrow();
        assertThat(lease.runId()).isEqualTo("a");
        assertThat(one.waiting()).isZero();

        lease.release();
        assertThat(one.take("one", LONG).orElseThrow().attempt()).isEqualTo(1);
        assertThat(lease.renew()).isFalse();
    }

    @Test
    void a_run_that_is_given_back_often_is_dropped_by_nobody() throws Exception {
        KafkaTaskQueue queue = process();
        queue.offer("a");
        for (int i = 0; i < 12; i++) {
            Lease lease = queue.take("worker", LONG).orElseThrow();
            assertThat(lease.attempt()).isEqualTo(1);
            lease.release();
        }
        assertThat(queue.waiting()).isEqualTo(1);
    }

    @Test
    void a_run_that_is_given_up_lies_in_the_dead_letter_topic_with_the_reason() throws Exception {
        KafkaTaskQueue queue = process();
        queue.offer("a");
        queue.take("worker", LONG).orElseThrow().bury("it kills its workers");
        assertThat(queue.waiting()).isZero();
        assertThat(queue.take("worker", aMoment())).isEmpty();

        ConsumerRecord<String, String> dead = kafka.records(config.deadLetterTopic()).getFirst();
        assertThat(dead.value()).isEqualTo("a");
        assertThat(new String(dead.headers().lastHeader("reason").value(), StandardCharsets.UTF_8))
                .isEqualTo("it kills its workers");
    }

    @Test
    void a_worker_too_many_is_refused_with_the_brokers_setting() throws Exception {
        KafkaTaskQueue one = process();
        KafkaTaskQueue other = process();
        for (KafkaTaskQueue queue : List.of(one, other)) {
            one.offer("run of " + queue.hashCode());
            assertThat(queue.take("worker", LONG)).isPresent();
        }
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> KafkaLink.open(config, true))
                .withMessageContaining("has 2 workers")
                .withMessageContaining("raise its group.share.max.size");
        assertThat(redis.opened(KafkaLink.open(config, false)).isUp()).isTrue();
    }

    @Test
    void a_topic_that_would_mix_up_the_order_is_refused() throws Exception {
        KafkaConfig mixed = config("mixed-" + UUID.randomUUID());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.servers()))) {
            admin.createTopics(List.of(new NewTopic(mixed.topic(), 2, (short) 1))).all().get();
        }
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> KafkaLink.open(mixed, true))
                .withMessageContaining("has 2 partitions, and must have 1");
    }

    @Test
    void while_kafka_is_away_nothing_is_taken_in_and_what_is_in_is_kept() throws Exception {
        KafkaTaskQueue queue = process();
        assertThat(queue.offer("a")).isTrue();
        Lease held = queue.take("worker", LONG).orElseThrow();
        assertThat(queue.offer("b")).isTrue();
        kafka.kill(0);
        try {
            refused(queue);
            assertThat(queue.waiting()).isEqualTo(1);
            // Whoever works needs no Kafka for it.
            assertThat(held.renew()).isTrue();
            held.release();
        } finally {
            kafka.begin(0);
        }
        assertThat(back(queue)).isEqualTo("a");
        assertThat(back(queue)).isEqualTo("b");
        assertThat(queue.offer("c")).isTrue();
        assertThat(back(queue)).isEqualTo("c");
    }

    private static void refused(KafkaTaskQueue queue) {
        long end = System.nanoTime() + LONG.toNanos();
        while (System.nanoTime() < end) {
            try {
                queue.offer("refused");
            } catch (StoreException e) {
                assertThat(e).hasMessageStartingWith("Kafka at 127.0.0.1:");
                return;
            }
        }
        throw new AssertionError("it is taken in without Kafka");
    }

    private static String back(KafkaTaskQueue queue) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        while (System.nanoTime() < end) {
            try {
                Optional<Lease> lease = queue.take("worker", Duration.ofSeconds(1));
                if (lease.isPresent()) {
                    lease.get().complete();
                    return lease.get().runId();
                }
            } catch (StoreException e) {
                Thread.onSpinWait();
            }
        }
        throw new AssertionError("nothing comes");
    }
}
