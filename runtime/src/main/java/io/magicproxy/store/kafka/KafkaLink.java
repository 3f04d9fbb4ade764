package io.magicproxy.store.kafka;

import io.magicproxy.config.SecretRef;
import io.magicproxy.store.KafkaConfig;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The connection to Kafka. A send that fails tells that it is away; until it is back, which is
 * looked for every second, sends fail at once.
 */
public final class KafkaLink implements AutoCloseable {
    private static final Logger LOG = System.getLogger(KafkaLink.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final KafkaConfig config;
    private final KafkaFailures failures;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;
    private final TaskTopics topics;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread watcher;

    /** Why it can't be used now. */
    private volatile Optional<String> trouble = Optional.of("it wasn't reached yet");

    private KafkaLink(KafkaConfig config) {
        this.config = config;
        this.failures = new KafkaFailures(config.bootstrapServers(), config.timeout().toMillis());
        this.admin = Admin.create(settings(Map.of("default.api.timeout.ms", timeout())));
        this.producer =
                new KafkaProducer<>(
                        settings(
                                Map.of(
                                        "acks",
                                        "all",
                                        "linger.ms",
                                        "0",
                                        "max.block.ms",
                                        timeout(),
                                        "delivery.timeout.ms",
                                        timeout())),
                        new StringSerializer(),
                        new StringSerializer());
        this.topics = new TaskTopics(admin, config, failures);
        this.watcher = Thread.ofVirtual().name("kafka-watch").unstarted(this::watch);
    }

    /**
     * Connects, and makes what isn't there. If Kafka is away, it is looked for from now on.
     *
     * @param works whether runs will be taken, too
     * @throws StoreException if it is there and unfit
     */
    public static KafkaLink open(KafkaConfig config, boolean works) throws StoreException {
        KafkaLink link = connected(config);
        try {
            link.prepare();
            if (works && link.isUp()) {
                link.checkMembers();
            }
        } catch (TaskTopics.UnfitException e) {
            link.close();
            throw e;
        }
        link.trouble.ifPresent(why ->
                LOG.log(
                        Level.WARNING,
                        "Kafka is away; until it is back no session can be begun: {0}",
                        why));
        link.watcher.start();
        return link;
    }

    private static KafkaLink connected(KafkaConfig config) throws StoreException {
        try {
            return new KafkaLink(config);
        } catch (KafkaException e) {
            throw new StoreException("backend_settings.kafka is wrong: " + KafkaFailures.why(e));
        }
    }

    private void prepare() throws TaskTopics.UnfitException {
        try {
            topics.prepare();
            trouble = Optional.empty();
        } catch (TaskTopics.UnfitException e) {
            trouble = Optional.of(String.valueOf(e.getMessage()));
            throw e;
        } catch (StoreException e) {
            trouble = Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void checkMembers() throws TaskTopics.UnfitException {
        try {
            topics.checkMembers();
        } catch (TaskTopics.UnfitException e) {
            throw e;
        } catch (StoreException e) {
            // Brokers that others run may not tell their settings; they refuse a member too many.
            LOG.log(Level.DEBUG, "how many workers there may be isn't told", e);
        }
    }

    private String timeout() {
        return Long.toString(config.timeout().toMillis());
    }

    /** Ours first, so that an operator's win; but what the queue's promises rest on stays. */
    private Map<String, Object> settings(Map<String, String> fixed) {
        Map<String, Object> all = new HashMap<>();
        all.put("bootstrap.servers", String.join(",", config.bootstrapServers()));
        all.put("client.id", "magic-proxy");
        all.put("request.timeout.ms", timeout());
        all.put("reconnect.backoff.max.ms", "1000");
        all.put("metric.reporters", List.of());
        all.put("enable.metrics.push", "false");
        for (Map.Entry<String, SecretRef> own : config.client().entrySet()) {
            own.getValue().value().ifPresent(value -> all.put(own.getKey(), value));
        }
        all.putAll(fixed);
        return all;
    }

    /** A member of the workers' group that takes one record at a time. */
    KafkaShareConsumer<String, String> consumer() throws StoreException {
        try {
            KafkaShareConsumer<String, String> consumer =
                    new KafkaShareConsumer<>(
                            settings(
                                    Map.of(
                                            "group.id",
                                            config.group(),
                                            "max.poll.records",
                                            "1",
                                            "share.acquire.mode",
                                            "record_limit",
                                            "share.acknowledgement.mode",
                                            "explicit",
                                            // A worker whose slots are taken doesn't ask for more.
                                            "max.poll.interval.ms",
                                            Integer.toString(Integer.MAX_VALUE))),
                            new StringDeserializer(),
                            new StringDeserializer());
            consumer.subscribe(List.of(config.topic()));
            return consumer;
        } catch (KafkaException e) {
            throw failures.away(KafkaFailures.why(e));
        }
    }

    void send(ProducerRecord<String, String> record) throws StoreException {
        check();
        try {
            failures.answer(() -> producer.send(record));
        } catch (StoreException e) {
            away(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    KafkaConfig config() {
        return config;
    }

    /** Throws if it can't be used now. */
    void check() throws StoreException {
        Optional<String> now = trouble;
        if (now.isPresent()) {
            throw new StoreException(now.get());
        }
    }

    public boolean isUp() {
        return trouble.isEmpty();
    }

    private void away(String why) {
        if (isUp()) {
            trouble = Optional.of(why);
            LOG.log(
                    Level.WARNING,
                    "Kafka is away; until it is back no session can be begun: {0}",
                    why);
        }
    }

    private void watch() {
        try {
            while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                if (isUp()) {
                    look();
                } else {
                    comeBack();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Somebody should know before the first session is refused. */
    private void look() {
        try {
            failures.answer(() -> admin.describeCluster().clusterId());
        } catch (StoreException e) {
            if (closed.getCount() > 0) {
                away(String.valueOf(e.getMessage()));
            }
        }
    }

    private void comeBack() {
        Optional<String> before = trouble;
        try {
            prepare();
            if (isUp()) {
                LOG.log(Level.INFO, "Kafka is there");
            }
        } catch (TaskTopics.UnfitException e) {
            if (!before.equals(trouble)) {
                LOG.log(Level.ERROR, "sessions can''t be begun: {0}", e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        producer.close(Duration.ofSeconds(1));
        admin.close(Duration.ofSeconds(1));
    }
}
