package io.magicproxy.upstream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gives up one caller's request, whatever it is waiting for; carries the deadline of the whole
 * request if it has one.
 */
public final class Cancellation {
    private final List<Action> actions = new ArrayList<>(2);
    private final OptionalLong deadlineNanos;
    private Optional<Reason> reason = Optional.empty();

    /** Why a request is given up. */
    public enum Reason {
        CLIENT_GONE,
        DEADLINE,
        SHUTDOWN
    }

    /** What {@link #onCancel} registered; closing it takes the action back. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** Without a deadline. */
    public Cancellation() {
        deadlineNanos = OptionalLong.empty();
    }

    /** With a deadline for the whole request, counted from now. */
    public Cancellation(Duration limit) {
        deadlineNanos = OptionalLong.of(System.nanoTime() + Attempt.nanos(limit));
    }

    /** The first reason counts. Any thread; runs the registered actions on this one. */
    public void cancel(Reason why) {
        List<Action> due;
        synchronized (actions) {
            if (reason.isPresent()) {
                return;
            }
            reason = Optional.of(why);
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Action::run);
    }

    /** Why the request was given up; empty while it is wanted. */
    public Optional<Reason> reason() {
        if (remainingNanos() <= 0) {
            cancel(Reason.DEADLINE);
        }
        synchronized (actions) {
            return reason;
        }
    }

    /** What is left until the deadline, zero once it has passed; empty without one. */
    public Optional<Duration> remaining() {
        return deadlineNanos.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, remainingNanos())));
    }

    /**
     * Runs the action once on {@link #cancel}, or at once if that has happened. It must be quick
     * and must not throw.
     */
    public Registration onCancel(Runnable action) {
        var entry = new Action(action);
        synchronized (actions) {
            if (reason.isEmpty()) {
                actions.add(entry);
                return entry;
            }
        }
        action.run();
        return entry;
    }

    long remainingNanos() {
        return deadlineNanos.isEmpty()
                ? Long.MAX_VALUE
                : deadlineNanos.getAsLong() - System.nanoTime();
    }

    private final class Action implements Registration {
        private final Runnable run;

        Action(Runnable run) {
            this.run = run;
        }

        void run() {
            run.run();
        }

        @Override
        public void close() {
            synchronized (actions) {
                actions.remove(this);
            }
        }
    }
}
