package io.magicproxy.session;

import io.magicproxy.pattern.CallFailed;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.TaskQueue;
import io.magicproxy.store.session.TaskQueue.Lease;
import io.magicproxy.upstream.Cancellation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Takes runs from the queue, so many at a time, and works at them. A run that it can't keep up its
 * lease on is left to whoever has it then.
 */
final class SessionWorkers implements AutoCloseable {
    private static final Logger LOG = System.getLogger(SessionWorkers.class.getName());
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 6;
    private static final Duration GIVE_BACK = Duration.ofSeconds(5);

    private final RunEnvironment environment;
    private final TaskQueue queue;
    private final Settings settings;
    private final Semaphore slots;
    private final Set<Work> active = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> storeFailures = new ConcurrentHashMap<>();
    private final ScheduledExecutorService housekeeping =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("session-keeper").factory());
    private final Thread taker;
    private volatile boolean closed;

    /** Of the taker's thread. */
    private boolean troubled;

    /**
     * How to work.
     *
     * @param slots runs at a time; none: others work
     * @param attempts after which a run that costs its workers their lives is given up
     * @param renew how often leases are renewed; well below their time
     * @param sweep how often open runs are looked for that are in no queue
     * @param retention how long sessions at rest are kept
     */
    record Settings(int slots, int attempts, Duration renew, Duration sweep, Duration retention) {}

    SessionWorkers(RunEnvironment environment, TaskQueue queue, Settings settings) {
        this.environment = environment;
        this.queue = queue;
        this.settings = settings;
        this.slots = new Semaphore(settings.slots());
        every(settings.renew(), this::renew);
        every(settings.sweep(), this::sweep);
        every(Duration.ofHours(1), this::expire);
        this.taker = Thread.ofVirtual().name("session-taker").unstarted(this::take);
        if (settings.slots() > 0) {
            taker.start();
        }
    }

    int active() {
        return active.size();
    }

    private void every(Duration time, Runnable action) {
        var _ =
                housekeeping.scheduleWithFixedDelay(
                        action, 0, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void take() {
        try {
            while (!closed) {
                slots.acquire();
                if (!begun()) {
                    slots.release();
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** Whether a run was found to use the slot. */
    private boolean begun() {
        try {
            Optional<Lease> lease = next();
            lease.ifPresent(found -> {
                var work = new Work(found);
                active.add(work);
                if (closed) {
                    work.stop();
                }
                var _ = Thread.ofVirtual().name("run-", 0).start(work);
            });
            return lease.isPresent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<Lease> next() throws InterruptedException {
        try {
            Optional<Lease> found = queue.take(environment.worker(), WAIT);
            troubled = false;
            return found;
        } catch (StoreException e) {
            // Once for each time that it is away.
            Level level = troubled ? Level.DEBUG : Level.WARNING;
            LOG.log(level, "no runs can be taken: {0}", e.getMessage());
            troubled = true;
            TimeUnit.MILLISECONDS.sleep(WAIT.toMillis());
            return Optional.empty();
        }
    }

    private void renew() {
        active.forEach(Work::renew);
    }

    /** Puts back what ought to be in the queue: the journal knows which runs are open. */
    private void sweep() {
        try {
            List<RunRecord> open = environment.journal().openRuns();
            Set<String> ids = open.stream().map(RunRecord::runId).collect(Collectors.toSet());
            open.forEach(run -> sweep(run, ids));
        } catch (StoreException | RuntimeException e) {
            LOG.log(Level.WARNING, "open runs can''t be looked up: {0}", e.getMessage());
        }
    }

    private void sweep(RunRecord run, Set<String> open) {
        try {
            if (run.parent().isEmpty()) {
                queue.restore(run.runId());
            } else if (!open.contains(run.parent().get().runId())) {
                endOrphan(run);
            }
        } catch (StoreException | RuntimeException e) {
            // The others may fare better.
            LOG.log(
                    Level.WARNING,
                    "the open run {0} can''t be put back: {1}",
                    run.runId(),
                    e.getMessage());
        }
    }

    /** A nested run whose parent ended while its worker was dead: nobody will come back to it. */
    private void endOrphan(RunRecord run) throws StoreException {
        boolean wanted =
                environment
                        .journal()
                        .run(run.parent().orElseThrow().runId())
                        .filter(parent -> parent.state().open())
                        .isPresent();
        if (!wanted) {
            new RunWork(environment)
                    .end(
                            run.runId(),
                            RunState.CANCELLED,
                            CallFailed.of("cancelled", "the run that asked for it has ended"));
        }
    }

    private void expire() {
        try {
            int gone = environment.journal().expire(settings.retention());
            if (gone > 0) {
                LOG.log(Level.INFO, "{0} old sessions are gone", gone);
            }
        } catch (StoreException | RuntimeException e) {
            LOG.log(Level.WARNING, "old sessions can''t be removed: {0}", e.getMessage());
        }
    }

    /** Gives back what is under way; another start goes on with it. */
    @Override
    public void close() {
        closed = true;
        taker.interrupt();
        housekeeping.shutdownNow();
        active.forEach(Work::stop);
        try {
            var _ = slots.tryAcquire(settings.slots(), GIVE_BACK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One run under way. */
    private final class Work implements Runnable {
        private final Lease lease;
        private final Cancellation stop = new Cancellation();

        Work(Lease lease) {
            this.lease = lease;
        }

        @Override
        public void run() {
            try {
                if (lease.attempt() > settings.attempts()) {
                    giveUp();
                } else {
                    work();
                }
            } catch (StoreException e) {
                LOG.log(
                        Level.WARNING,
                        "run {0} waits for its store: {1}",
                        lease.runId(),
                        e.getMessage());
                releaseLater(storeFailures.merge(lease.runId(), 1, Integer::sum));
            } catch (RuntimeException e) {
                // The lease runs out, and the attempt counts.
                LOG.log(Level.ERROR, "the work at run " + lease.runId() + " broke", e);
            } finally {
                active.remove(this);
                slots.release();
            }
        }

        private void work() throws StoreException {
            new RunWork(environment).work(lease.runId(), Optional.empty(), stop, Optional::empty);
            if (stop.reason().isPresent()) {
                lease.release();
            } else {
                lease.complete();
                completed();
            }
        }

        /** Whoever opened the run again found it in the queue still. */
        private void completed() throws StoreException {
            storeFailures.remove(lease.runId());
            boolean again =
                    environment
                            .journal()
                            .run(lease.runId())
                            .filter(run -> run.state().open())
                            .isPresent();
            if (again) {
                queue.restore(lease.runId());
            }
        }

        /**
         * A store that is away for a while is no reason to give the run up; but each try may ask
         * models again for what can't be recorded. Before the lease ends, since the attempt would
         * count then.
         */
        private void releaseLater(int failures) {
            Duration longer = WAIT.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
            Duration most = settings.renew().multipliedBy(2);
            Duration wait = longer.compareTo(most) < 0 ? longer : most;
            environment
                    .timer()
                    .after(
                            wait,
                            () -> {
                                try {
                                    lease.release();
                                } catch (StoreException e) {
                                    LOG.log(
                                            Level.WARNING,
                                            "run {0} waits for its lease to end: {1}",
                                            lease.runId(),
                                            e.getMessage());
                                }
                            });
        }

        /** A run that has cost so many workers their lives isn't given another one. */
        private void giveUp() throws StoreException {
            String why =
                    "the gateway died "
                            + settings.attempts()
                            + " times while it worked at this run; resume it to try again";
            new RunWork(environment)
                    .end(lease.runId(), RunState.FAILED, CallFailed.of("too_many_attempts", why));
            lease.bury(why);
            completed();
        }

        void renew() {
            try {
                if (!lease.renew()) {
                    stop();
                }
            } catch (StoreException e) {
                LOG.log(
                        Level.WARNING,
                        "the lease of run {0} can''t be renewed: {1}",
                        lease.runId(),
                        e.getMessage());
            }
        }

        void stop() {
            stop.cancel(Cancellation.Reason.SHUTDOWN);
        }
    }
}
