package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.EmbeddedDatabase.Work;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The only writer. What many callers want at the same time is committed at once, since a commit
 * costs more than what is in it; each of them waits for the commit that holds its own work.
 */
final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = System.getLogger(GroupCommit.class.getName());
    private static final int AT_ONCE = 512;

    private final Connection connection;
    private final Function<SQLException, StoreException> failure;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Job<?>> waiting = new ArrayDeque<>();
    private boolean closed;

    GroupCommit(Connection connection, Function<SQLException, StoreException> failure) {
        this.connection = connection;
        this.failure = failure;
        // A platform thread, since the database's calls would hold on to a virtual one's carrier.
        this.thread = Thread.ofPlatform().daemon().name("store-writer").unstarted(this::work);
        thread.start();
    }

    /** Returns when the work is committed. It may be run again, if its neighbours spoil it. */
    <T> T run(Work<T> work) throws StoreException {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("a job of the database must not start another one");
        }
        Job<T> job = new Job<>(work);
        submit(job);
        return switch (job.outcome()) {
            case Outcome.Value<T>(T value) -> value;
            case Outcome.Failed<T>(Throwable cause) -> throw rethrown(cause);
        };
    }

    private void submit(Job<?> job) throws StoreException {
        lock.lock();
        try {
            if (closed) {
                throw new StoreException("the database is closed, since the gateway is stopping");
            }
            waiting.add(job);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private StoreException rethrown(Throwable cause) {
        return switch (cause) {
            case SQLException e -> failure.apply(e);
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case StoreException e -> e;
            default -> new StoreException("the database's writer failed: " + cause, cause);
        };
    }

    private void work() {
        try {
            for (List<Job<?>> jobs = next(); !jobs.isEmpty(); jobs = next()) {
                try {
                    commit(jobs);
                } catch (RuntimeException e) {
                    // Whether they are committed, nobody knows. The next ones are not to blame.
                    LOG.log(Level.ERROR, "the database's writer failed", e);
                    jobs.forEach(job -> job.fail(e));
                    rollback();
                } catch (Error e) {
                    jobs.forEach(job -> job.fail(e));
                    throw e;
                } finally {
                    jobs.forEach(Job::tell);
                }
            }
        } finally {
            abandon();
        }
    }

    /** Empty when closed and all is done. */
    private List<Job<?>> next() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            List<Job<?>> jobs = new ArrayList<>();
            while (jobs.size() < AT_ONCE && !waiting.isEmpty()) {
                jobs.add(waiting.remove());
            }
            return jobs;
        } finally {
            lock.unlock();
        }
    }

    private void commit(List<Job<?>> jobs) {
        try {
            execute("BEGIN IMMEDIATE");
        } catch (SQLException e) {
            jobs.forEach(job -> job.fail(e));
            return;
        }
        try {
            together(jobs);
        } catch (SQLException e) {
            // A full disk, say, undoes all of a transaction: see who can do without the others.
            rollback();
            jobs.forEach(this::alone);
        }
    }

    private void together(List<Job<?>> jobs) throws SQLException {
        for (Job<?> job : jobs) {
            execute("SAVEPOINT job");
            if (!job.attempt(connection)) {
                execute("ROLLBACK TO job");
            }
            execute("RELEASE job");
        }
        execute("COMMIT");
    }

    private void alone(Job<?> job) {
        try {
            execute("BEGIN IMMEDIATE");
            if (job.attempt(connection)) {
                execute("COMMIT");
            } else {
                rollback();
            }
        } catch (SQLException e) {
            job.fail(e);
            rollback();
        }
    }

    private void execute(String sql) throws SQLException {
        Sql.update(connection, sql);
    }

    private void rollback() {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "nothing to roll back", e);
        }
    }

    /** Nobody may wait for a writer that is gone. */
    private void abandon() {
        lock.lock();
        try {
            closed = true;
            StoreException gone = new StoreException("the database's writer has ended");
            waiting.forEach(job -> job.fail(gone));
            waiting.forEach(Job::tell);
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Returns when all that was asked for is committed. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What came of a job. */
    private sealed interface Outcome<T> {
        record Value<T>(T value) implements Outcome<T> {}

        record Failed<T>(Throwable cause) implements Outcome<T> {}
    }

    private static final class Job<T> {
        private final Work<T> work;
        private final CountDownLatch told = new CountDownLatch(1);
        private Outcome<T> outcome =
                new Outcome.Failed<>(new IllegalStateException("the job was never tried"));

        Job(Work<T> work) {
            this.work = work;
        }

        boolean attempt(Connection connection) {
            try {
                outcome = new Outcome.Value<>(work.run(connection));
                return true;
            } catch (Throwable e) {
                fail(e);
                return false;
            }
        }

        void fail(Throwable e) {
            outcome = new Outcome.Failed<>(e);
        }

        void tell() {
            told.countDown();
        }

        /** Waits for it, also when interrupted: what is under way would be written all the same. */
        Outcome<T> outcome() {
            boolean interrupted = false;
            while (true) {
                try {
                    told.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return outcome;
        }
    }
}
