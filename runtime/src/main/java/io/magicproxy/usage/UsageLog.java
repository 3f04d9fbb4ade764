package io.magicproxy.usage;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.UsageStore;
import io.magicproxy.store.UsageStore.Account;
import io.magicproxy.store.UsageStore.Amount;
import io.magicproxy.store.UsageStore.Line;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sums what is used by the hour, and writes it to the store every second; what a killed process had
 * not written yet is not in it.
 */
public final class UsageLog implements AutoCloseable {
    private static final Logger LOG = System.getLogger(UsageLog.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final UsageStore store;
    private final Duration retention;
    private final InstantSource clock;
    private final Map<Place, Amount> pending = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread writer;
    private Instant forgotten = Instant.EPOCH;
    private boolean failing;

    private record Place(Instant hour, Account account) {}

    /**
     * @param retention how long it is kept
     */
    public UsageLog(UsageStore store, Duration retention, InstantSource clock) {
        this.store = store;
        this.retention = retention;
        this.clock = clock;
        this.writer = Thread.ofVirtual().name("usage-log").start(this::write);
    }

    /** Returns at once. */
    void add(Account account, Amount amount) {
        Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
        pending.merge(new Place(hour, account), amount, Amount::plus);
    }

    /** What has been used so far, the last second included. */
    public List<UsageStore.Sum> sums(UsageStore.Question question) throws StoreException {
        flush();
        return store.sums(question);
    }

    private void write() {
        try {
            while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                tryFlush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tryFlush() {
        try {
            flush();
            forgetOld();
            failing = false;
        } catch (StoreException e) {
            if (!failing) {
                LOG.log(
                        Level.WARNING,
                        "usage can''t be written, and is kept in memory until it can: {0}",
                        e.getMessage());
            }
            failing = true;
        }
    }

    private synchronized void flush() throws StoreException {
        List<Line> lines = new ArrayList<>();
        for (Place place : List.copyOf(pending.keySet())) {
            Amount amount = pending.remove(place);
            if (amount != null) {
                lines.add(new Line(place.hour(), place.account(), amount));
            }
        }
        if (lines.isEmpty()) {
            return;
        }
        try {
            store.add(lines);
        } catch (StoreException e) {
            lines.forEach(line ->
                    pending.merge(
                            new Place(line.hour(), line.account()), line.amount(), Amount::plus));
            throw e;
        }
    }

    private void forgetOld() throws StoreException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.HOURS);
        if (now.isAfter(forgotten)) {
            store.forgetBefore(now.minus(retention));
            forgotten = now;
        }
    }

    /** Writes what is left. */
    @Override
    public void close() {
        closed.countDown();
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tryFlush();
    }
}
