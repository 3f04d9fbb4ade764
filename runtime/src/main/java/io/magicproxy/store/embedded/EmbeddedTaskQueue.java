package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.TaskQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The queue in the embedded database, for the workers of this one process. A task keeps its place
 * until it is completed, so one that comes back is the next to be taken.
 */
public final class EmbeddedTaskQueue implements TaskQueue {
    private static final String FREE = "(lease_until IS NULL OR lease_until <= ?)";

    /** A lease is known by its task's position, never given twice, and the count of its leases. */
    private static final String THIS_LEASE =
            " WHERE position = ? AND leases = ? AND lease_until IS NOT NULL";

    private final EmbeddedDatabase database;
    private final InstantSource clock;
    private final Duration lease;
    private final int capacity;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private long arrivals;

    /**
     * Frees what workers of earlier processes had.
     *
     * @param lease how long a worker has a task without renewing
     * @param capacity how many may wait for a worker
     */
    public EmbeddedTaskQueue(
            EmbeddedDatabase database, InstantSource clock, Duration lease, int capacity)
            throws StoreException {
        this.database = database;
        this.clock = clock;
        this.lease = lease;
        this.capacity = capacity;
        database.with(c ->
                Sql.update(
                        c,
                        """
                        UPDATE tasks SET process = NULL, leased_by = NULL, lease_until = NULL
                        WHERE process <> ?\
                        """,
                        database.incarnation()));
    }

    @Override
    public boolean offer(String runId) throws StoreException {
        boolean in =
                database.with(c -> {
                    if (known(c, runId)) {
                        return true;
                    }
                    return waiting(c, clock.instant()) < capacity && add(c, runId);
                });
        if (in) {
            tell();
        }
        return in;
    }

    @Override
    public void restore(String runId) throws StoreException {
        database.with(c -> known(c, runId) || add(c, runId));
        tell();
    }

    private static boolean known(Connection connection, String runId) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT 1 FROM tasks WHERE run_id = ?",
                        row -> row.getInt(1),
                        runId)
                .isPresent();
    }

    private static boolean add(Connection connection, String runId) throws SQLException {
        return Sql.update(
                        connection,
                        "INSERT INTO tasks (run_id, attempts, leases) VALUES (?, 0, 0)",
                        runId)
                > 0;
    }

    @Override
    public int waiting() throws StoreException {
        Instant now = clock.instant();
        return database.read(c -> waiting(c, now));
    }

    private static int waiting(Connection connection, Instant now) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT count(*) FROM tasks WHERE " + FREE,
                        row -> row.getInt(1),
                        now)
                .orElse(0);
    }

    @Override
    public Optional<Lease> take(String worker, Duration wait)
            throws StoreException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            long seen = arrivals();
            Attempt attempt = database.with(c -> attempt(c, worker));
            if (attempt.lease().isPresent()) {
                return attempt.lease();
            }
            Duration left = wait.minusNanos(System.nanoTime() - start);
            if (!left.isPositive()) {
                return Optional.empty();
            }
            await(seen, attempt.next().filter(n -> n.compareTo(left) < 0).orElse(left));
        }
    }

    /**
     * A task, or how long to wait for the next one that may come free by itself.
     *
     * @param next empty if none is leased
     */
    private record Attempt(Optional<Lease> lease, Optional<Duration> next) {}

    private Attempt attempt(Connection connection, String worker) throws SQLException {
        Instant now = clock.instant();
        Optional<Lease> taken =
                Sql.first(
                        connection,
                        """
                        UPDATE tasks SET attempts = attempts + 1, leases = leases + 1, process = ?,
                          leased_by = ?, lease_until = ?
                        WHERE position = (
                        """
                                + "SELECT position FROM tasks WHERE "
                                + FREE
                                + " ORDER BY position LIMIT 1) RETURNING *",
                        row ->
                                new TaskLease(
                                        row.getString("run_id"),
                                        row.getInt("attempts"),
                                        row.getLong("position"),
                                        row.getLong("leases")),
                        database.incarnation(),
                        worker,
                        now.plus(lease),
                        now);
        if (taken.isPresent()) {
            return new Attempt(taken, Optional.empty());
        }
        Optional<Instant> next =
                Sql.first(
                        connection,
                        "SELECT lease_until FROM tasks ORDER BY lease_until LIMIT 1",
                        row -> Sql.instant(row, "lease_until"));
        // Never nothing, so that a clock that stands still is no reason to hurry.
        return new Attempt(
                taken, next.map(at -> Duration.between(now, at).plus(Duration.ofMillis(1))));
    }

    private long arrivals() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return arrivals;
        } finally {
            lock.unlock();
        }
    }

    private void await(long seen, Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.NANOSECONDS.convert(atMost);
            while (arrivals == seen && left > 0) {
                left = news.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        lock.lock();
        try {
            arrivals++;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class TaskLease implements Lease {
        private final String runId;
        private final int attempt;
        private final long position;
        private final long number;

        TaskLease(String runId, int attempt, long position, long number) {
            this.runId = runId;
            this.attempt = attempt;
            this.position = position;
            this.number = number;
        }

        @Override
        public String runId() {
            return runId;
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public boolean renew() throws StoreException {
            return database.with(c ->
                    Sql.update(
                            c,
                            "UPDATE tasks SET lease_until = ?" + THIS_LEASE,
                            clock.instant().plus(lease),
                            position,
                            number))
                    > 0;
        }

        @Override
        public void complete() throws StoreException {
            database.with(c -> Sql.update(c, "DELETE FROM tasks" + THIS_LEASE, position, number));
        }

        /** The journal knows how the run ended: here is no other place for it. */
        @Override
        public void bury(String reason) throws StoreException {
            complete();
        }

        @Override
        public void release() throws StoreException {
            database.with(c ->
                    Sql.update(
                            c,
                            """
                            UPDATE tasks SET attempts = attempts - 1, process = NULL,
                              leased_by = NULL, lease_until = NULL\
                            """
                                    + THIS_LEASE,
                            position,
                            number));
            tell();
        }
    }
}
