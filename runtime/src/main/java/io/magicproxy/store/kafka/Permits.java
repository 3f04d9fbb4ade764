package io.magicproxy.store.kafka;

import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka brings this worker: each record is the right to take one run. Any thread, one at a
 * time, as Kafka's consumer wants it.
 */
final class Permits implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Permits.class.getName());
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaLink link;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable KafkaShareConsumer<String, String> consumer;
    private volatile boolean closed;

    Permits(KafkaLink link) {
        this.link = link;
    }

    /** Uses a permit. If that fails, somebody else may have it, or this worker again. */
    interface Use<T> {
        Optional<T> once() throws StoreException;
    }

    /** What came of using the next permit; empty, too, if none came in that time. */
    <T> Optional<T> next(Duration wait, Use<T> use) throws StoreException, InterruptedException {
        long start = System.nanoTime();
        if (!lock.tryLock(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        try {
            Duration left = wait.minusNanos(System.nanoTime() - start);
            return closed
                    ? Optional.empty()
                    : polled(left.isNegative() ? Duration.ZERO : left, use);
        } finally {
            lock.unlock();
        }
    }

    private <T> Optional<T> polled(Duration wait, Use<T> use)
            throws StoreException, InterruptedException {
        KafkaShareConsumer<String, String> own = consumer();
        try {
            for (ConsumerRecord<String, String> record : own.poll(wait)) {
                return used(own, record, use);
            }
        } catch (InterruptException e) {
            // Kafka has set the flag; whoever hears of it this way needs it no more.
            var _ = Thread.interrupted();
            throw new InterruptedException();
        } catch (WakeupException e) {
            // Closed.
        } catch (KafkaException e) {
            LOG.log(
                    Level.WARNING,
                    "the workers'' group is joined again: {0}",
                    KafkaFailures.why(e));
            drop();
        }
        return Optional.empty();
    }

    private static <T> Optional<T> used(
            KafkaShareConsumer<String, String> own,
            ConsumerRecord<String, String> record,
            Use<T> use)
            throws StoreException {
        AcknowledgeType how = AcknowledgeType.RELEASE;
        try {
            Optional<T> got = use.once();
            how = AcknowledgeType.ACCEPT;
            return got;
        } finally {
            giveBack(own, record, how);
        }
    }

    private static void giveBack(
            KafkaShareConsumer<String, String> own,
            ConsumerRecord<String, String> record,
            AcknowledgeType how) {
        try {
            own.acknowledge(record, how);
            own.commitAsync();
        } catch (KafkaException | IllegalStateException e) {
            // The broker gives it to somebody, who finds nothing to take.
            LOG.log(Level.DEBUG, "a record can't be given back", e);
        }
    }

    private KafkaShareConsumer<String, String> consumer() throws StoreException {
        KafkaShareConsumer<String, String> own = consumer;
        if (own == null) {
            own = link.consumer();
            consumer = own;
        }
        return own;
    }

    private void drop() {
        KafkaShareConsumer<String, String> own = consumer;
        consumer = null;
        if (own != null) {
            try {
                own.close(CLOSE);
            } catch (KafkaException e) {
                LOG.log(Level.DEBUG, "leaving the workers' group", e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        KafkaShareConsumer<String, String> own = consumer;
        if (own != null) {
            own.wakeup();
        }
        lock.lock();
        try {
            drop();
        } finally {
            lock.unlock();
        }
    }
}
