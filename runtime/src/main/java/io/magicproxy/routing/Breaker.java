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
    private boolean probing;

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
     * When the next request may try; empty if it may now. A request that may must tell what came of
     * it.
     */
    synchronized Optional<Instant> closedUntil() {
        if (!open) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        if (now.isBefore(openUntil)) {
            return Optional.of(openUntil);
        }
        if (probing) {
            return Optional.of(now.plusMillis(100));
        }
        probing = true;
        return Optional.empty();
    }

    void succeeded() {
        synchronized (this) {
            probing = false;
            failures.clear();
            if (!open) {
                return;
            }
            open = false;
        }
        listener.breakerChanged(profile, State.CLOSED);
    }

    void failed() {
        synchronized (this) {
            Instant now = clock.instant();
            boolean again = probing;
            probing = false;
            failures.addLast(now);
            while (failures.getFirst().plus(WINDOW).isBefore(now)) {
                failures.removeFirst();
            }
            if (!again && (open || failures.size() < settings.allowedFails())) {
                return;
            }
            Instant until = now.plus(settings.cooldown());
            openUntil = until.isAfter(openUntil) ? until : openUntil;
            open = true;
        }
        listener.breakerChanged(profile, State.OPEN);
    }

    /** The call ended with no verdict on the profile. */
    synchronized void undecided() {
        probing = false;
    }
}
