package io.magicproxy.sandbox;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends runs whose time is up. On a platform thread: guests that spin can't hold it up. */
final class Watchdog implements AutoCloseable {
    private static final Duration SHORTEST = Duration.ofMillis(10);

    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name("script-watchdog").factory());

    Watchdog() {
        timer.setRemoveOnCancelPolicy(true);
    }

    /** What closes it takes the watch away. */
    Watch watch(ActiveRun active, GuestRun run) {
        var watch = new Watch(active);
        watch.guest = schedule(watch::checkGuest, run.limits().guestTime());
        watch.wall =
                schedule(
                        () -> active.end(LimitMessages.wallTime(run.limits())),
                        run.limits().wallTime());
        // A cancellation with a deadline doesn't ring by itself: asking it makes it look.
        watch.deadline =
                run.cancellation()
                        .remaining()
                        .map(left -> schedule(() -> run.cancellation().reason(), left));
        return watch;
    }

    private Task schedule(Runnable action, Duration delay) {
        var task = timer.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> task.cancel(false);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private interface Task {
        void cancel();
    }

    final class Watch implements AutoCloseable {
        private final ActiveRun active;
        private volatile Task guest = () -> {};
        private volatile Task wall = () -> {};
        private volatile Optional<Task> deadline = Optional.empty();
        private volatile boolean closed;

        private Watch(ActiveRun active) {
            this.active = active;
        }

        private void checkGuest() {
            Duration left = active.checkGuestTime();
            if (left.isPositive() && !closed) {
                try {
                    guest =
                            schedule(
                                    this::checkGuest,
                                    left.compareTo(SHORTEST) < 0 ? SHORTEST : left);
                } catch (RejectedExecutionException e) {
                    closed = true; // The runtime closes, and ends every run itself.
                }
            }
        }

        @Override
        public void close() {
            closed = true;
            guest.cancel();
            wall.cancel();
            deadline.ifPresent(Task::cancel);
        }
    }
}
