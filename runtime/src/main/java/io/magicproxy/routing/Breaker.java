package io.magicproxy.routing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Keeps requests away from a profile that fails, and lets one through now and then. Outlives
 * configurations.
 */
public final class Breaker {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final String profile;
    private final InstantSource clock;
    private final RoutingListener listener;
    private final Deque<Instant> failures = new ArrayDeque<>();
    private Settings settings;
    private Instant openUntil = Instant.EPOCH;
    private boolean open;
    private long calls;
    private long probe;
    private long change;
    private long toldChange;

    /** Whether requests go through. */
    public enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /**
     * When it opens, and for how long.
     *
     * @param allowedFails within a minute
     */
    public record Settings(int allowedFails, Duration cooldown) {}

    public Breaker(
            String profile, Settings settings, InstantSource clock, RoutingListener listener) {
        this.profile = profile;
        this.settings = settings;
        this.clock = clock;
        this.listener = listener;
    }

    public synchronized void update(Settings changed) {
        settings = changed;
    }

    public synchronized State state() {
        if (!open) {
            return State.CLOSED;
        }
        return clock.instant().isBefore(openUntil) ? State.OPEN : State.HALF_OPEN;
    }

    /**
     * How it stands.
     *
     * @param until when the first call may try again; absent while it is closed
     * @param failures within the last minute
     */
    public record View(State state, Optional<Instant> until, int failures) {}

    public synchronized View view() {
        Instant now = clock.instant();
        long recent = failures.stream().filter(at -> at.plus(WINDOW).isAfter(now)).count();
        return new View(state(), open ? Optional.of(openUntil) : Optional.empty(), (int) recent);
    }

    /** The answer to a call that wants to try. */
    sealed interface Leave {
        /**
         * It may, and must tell what came of it.
         *
         * @param call its number
         * @param probe whether the profile's return hangs on it
         */
        record Granted(long call, boolean probe) implements Leave {}

        /** It may not before then. */
        record Refused(Instant until) implements Leave {}
    }

    synchronized Leave ask() {
        if (!open) {
            return new Leave.Granted(++calls, false);
        }
        Instant now = clock.instant();
        if (now.isBefore(openUntil)) {
            return new Leave.Refused(openUntil);
        }
        if (probe != 0) {
            // A probe's end can't be foretold: look again soon.
            return new Leave.Refused(now.plusMillis(100));
        }
        probe = ++calls;
        return new Leave.Granted(calls, true);
    }

    /** Closes it if that was the probe: a call from before it opened says nothing of now. */
    void succeeded(Leave.Granted leave) {
        synchronized (this) {
            if (!isProbe(leave)) {
                return;
            }
            close();
            change++;
        }
        listener.breakerChanged(profile, State.CLOSED);
    }

    /** Opens it if that was the probe, or one failure too many within the window. */
    void failed(Leave.Granted leave) {
        synchronized (this) {
            Instant now = clock.instant();
            boolean again = isProbe(leave);
            if (again) {
                probe = 0;
            } else if (open) {
                return;
            }
            failures.addLast(now);
            while (!failures.getFirst().plus(WINDOW).isAfter(now)) {
                failures.removeFirst();
            }
            if (!again && failures.size() < settings.allowedFails()) {
                return;
            }
            openUntil = now.plus(settings.cooldown());
            open = true;
            change++;
        }
        listener.breakerChanged(profile, State.OPEN);
    }

    /** The call ended with no verdict on the profile. */
    synchronized void undecided(Leave.Granted leave) {
        if (isProbe(leave)) {
            probe = 0;
        }
    }

    private void close() {
        failures.clear();
        open = false;
        probe = 0;
    }

    // ------------------------------------------------------------ for SharedBreakers

    String profile() {
        return profile;
    }

    /**
     * A change that has not been told.
     *
     * @param until it is open; absent: it closed
     */
    record Untold(long change, Optional<Instant> until) {}

    synchronized Optional<Untold> untold() {
        return change == toldChange
                ? Optional.empty()
                : Optional.of(new Untold(change, open ? Optional.of(openUntil) : Optional.empty()));
    }

    synchronized void told(Untold what) {
        toldChange = what.change();
    }

    /**
     * Takes over what other gateways have found out; a change of its own that was not told yet is
     * newer.
     *
     * @param until it is open; absent: it is closed
     */
    void learn(Optional<Instant> until) {
        synchronized (this) {
            if (change != toldChange) {
                return;
            }
            if (until.isPresent() ? open && !until.get().isAfter(openUntil) : !open) {
                return;
            }
            if (until.isPresent()) {
                openUntil = until.get();
                open = true;
            } else {
                close();
            }
        }
        listener.breakerChanged(profile, until.isPresent() ? State.OPEN : State.CLOSED);
    }

    private boolean isProbe(Leave.Granted leave) {
        return probe == leave.call();
    }
}
