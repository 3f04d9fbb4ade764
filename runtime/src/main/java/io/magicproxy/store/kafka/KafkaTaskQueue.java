package io.magicproxy.store.kafka;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.TaskLedger;
import io.magicproxy.store.session.TaskLedger.Entry;
import io.magicproxy.store.session.TaskLedger.Taken;
import io.magicproxy.store.session.TaskQueue;
import io.magicproxy.telemetry.Trace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The queue of several processes. For each run that comes in, or comes back, Kafka brings a record
 * to one of the workers; the ledger then gives that worker the run whose turn it is. So a record
 * that comes twice, late or never changes nothing but who asks when: a record too many finds
 * nothing to take, and a run that nobody was told of is told of again.
 */
public final class KafkaTaskQueue implements TaskQueue, AutoCloseable {
    private static final Logger LOG = System.getLogger(KafkaTaskQueue.class.getName());
    private static final Duration KEEP = Duration.ofSeconds(1);

    /** After so long without a worker a run is told of again. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final KafkaLink link;
    private final TaskLedger ledger;
    private final Duration lease;
    private final int capacity;
    private final Permits permits;
    private final Set<HeldTask> held = ConcurrentHashMap.newKeySet();
    private final AtomicInteger untold = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread keeper;

    /** Since when the ledger is there, as far as this process has seen; long ago, at first. */
    private volatile long upSince;

    /**
     * @param lease how long a worker has a task without renewing
     * @param capacity how many may wait for a worker
     */
    public KafkaTaskQueue(KafkaLink link, TaskLedger ledger, Duration lease, int capacity) {
        this.link = link;
        this.ledger = ledger;
        this.lease = lease;
        this.capacity = capacity;
        this.permits = new Permits(link);
        this.upSince = System.nanoTime() - lease.toNanos();
        this.keeper = Thread.ofVirtual().name("task-keeper").start(this::keep);
    }

    @Override
    public boolean offer(String runId) throws StoreException {
        link.check();
        return switch (ledger.offer(runId, capacity)) {
            case FULL -> false;
            case KNOWN -> true;
            case NEW -> {
                try {
                    tell(runId);
                } catch (StoreException e) {
                    // Whoever offers it is told that it isn't in.
                    ledger.withdraw(runId);
                    throw e;
                }
                yield true;
            }
        };
    }

    @Override
    public void restore(String runId) throws StoreException {
        if (ledger.restore(runId, PATIENCE) == Entry.NEW) {
            tellSurely(runId);
        }
    }

    private void tell(String runId) throws StoreException {
        var record = new ProducerRecord<>(link.config().topic(), runId, runId);
        Trace.here()
                .outgoing()
                .forEach((name, value) ->
                        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        link.send(record);
    }

    /** It is in the ledger: if Kafka is away, its workers are told when it is back. */
    private void tellSurely(String runId) {
        try {
            tell(runId);
        } catch (StoreException e) {
            untold.incrementAndGet();
            LOG.log(Level.DEBUG, "nobody is told of run {0} yet: {1}", runId, e.getMessage());
        }
    }

    @Override
    public int waiting() throws StoreException {
        return ledger.waiting();
    }

    @Override
    public Optional<Lease> take(String worker, Duration wait)
            throws StoreException, InterruptedException {
        long start = System.nanoTime();
        Duration left = wait;
        do {
            link.check();
            Optional<Lease> found = permits.next(left, () -> taken(worker));
            if (found.isPresent()) {
                return found;
            }
            left = wait.minusNanos(System.nanoTime() - start);
        } while (left.isPositive());
        return Optional.empty();
    }

    private Optional<Lease> taken(String worker) throws StoreException {
        String token = worker + "/" + UUID.randomUUID();
        Optional<Taken> taken = ledger.take(token, lease, settled());
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        for (int i = 0; i < taken.get().late(); i++) {
            tellSurely(taken.get().runId());
        }
        var task = new HeldTask(taken.get(), token);
        held.add(task);
        return Optional.of(task);
    }

    /** Looks after runs whose workers have died, and those that nobody was told of. */
    private void keep() {
        try {
            while (!closed.await(KEEP.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    tellAgain();
                    takeBack();
                } catch (StoreException | RuntimeException e) {
                    LOG.log(Level.DEBUG, "the queue can't be looked after", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellAgain() throws StoreException {
        while (untold.get() > 0 && link.isUp()) {
            tell("");
            untold.decrementAndGet();
        }
    }

    private void takeBack() throws StoreException {
        if (settled()) {
            for (String runId : ledger.overdue()) {
                LOG.log(Level.INFO, "run {0} lost its worker, and waits for another", runId);
                tellSurely(runId);
            }
        }
    }

    /** While the ledger was away nobody could renew: first they get the time to. */
    private boolean settled() {
        if (!ledger.isUp()) {
            upSince = System.nanoTime();
            return false;
        }
        return System.nanoTime() - upSince >= lease.toNanos() / 2;
    }

    /** What is held comes to others at once. */
    @Override
    public void close() {
        closed.countDown();
        permits.close();
        try {
            for (HeldTask task : held) {
                ledger.abandon(task.runId(), task.token);
            }
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "what is held stays so until its time is over", e);
        }
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class HeldTask implements Lease {
        private final Taken task;
        private final String token;

        HeldTask(Taken task, String token) {
            this.task = task;
            this.token = token;
        }

        @Override
        public String runId() {
            return task.runId();
        }

        @Override
        public int attempt() {
            return task.attempt();
        }

        @Override
        public boolean renew() throws StoreException {
            return ledger.renew(task.runId(), token, lease);
        }

        @Override
        public void complete() throws StoreException {
            ledger.complete(task.runId(), token);
            held.remove(this);
        }

        @Override
        public void bury(String reason) throws StoreException {
            var dead =
                    new ProducerRecord<>(
                            link.config().deadLetterTopic(), task.runId(), task.runId());
            header(dead, "reason", reason);
            header(dead, "attempts", Integer.toString(task.attempt() - 1));
            link.send(dead);
            complete();
        }

        private static void header(ProducerRecord<String, String> to, String name, String value) {
            to.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void release() throws StoreException {
            held.remove(this);
            if (ledger.release(task.runId(), token)) {
                tellSurely(task.runId());
            }
        }
    }
}
