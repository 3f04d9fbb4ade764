package io.magicproxy.routing;

import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One key's life in its pool. Guarded by the pool. */
final class PooledKey {
    private static final Duration LONGEST_QUARANTINE = Duration.ofHours(1);
    private static final Duration NO_CREDIT = Duration.ofHours(1);
    private static final Duration LONGEST_NO_CREDIT = Duration.ofHours(24);
    private static final int MAX_DOUBLINGS = 16;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private KeyEntry entry;
    private KeyState state;
    private int repeats;
    private int refusals;
    private int inFlight;
    private boolean probing;
    private long lastUsed;
    private Instant minute = Instant.EPOCH;
    private int inMinute;
    private Instant lastLimited = Instant.EPOCH;

    PooledKey(KeyEntry entry, KeyState state) {
        this.entry = entry;
        this.state = state;
        this.repeats = state instanceof KeyState.Quarantined q ? q.repeats() : 0;
    }

    KeyEntry entry() {
        return entry;
    }

    void entry(KeyEntry changed) {
        entry = changed;
    }

    KeyState state() {
        return state;
    }

    int inFlight() {
        return inFlight;
    }

    /** When it can be used, as far as that is known; empty if never. */
    Optional<Instant> due(Instant now) {
        return switch (state) {
            case KeyState.Retired _ -> Optional.empty();
            case KeyState.Quarantined q when q.until().isAfter(now) -> Optional.of(q.until());
            // A probe's end can't be foretold: look again soon.
            case KeyState.Quarantined _ -> Optional.of(probing ? now.plusMillis(100) : now);
            case KeyState.Active _ -> Optional.of(withinRate(now) ? now : minute.plus(MINUTE));
        };
    }

    boolean usable(Instant now) {
        return due(now).filter(at -> !at.isAfter(now)).isPresent();
    }

    /**
     * Order of choice: those that were not limited lately, then the least busy for their weight,
     * then the longest idle.
     */
    boolean before(PooledKey other, Instant now) {
        boolean rested = lastLimited.plus(MINUTE).isBefore(now);
        boolean otherRested = other.lastLimited.plus(MINUTE).isBefore(now);
        if (rested != otherRested) {
            return rested;
        }
        long load = (long) inFlight * other.entry.weight();
        long otherLoad = (long) other.inFlight * entry.weight();
        return load == otherLoad ? lastUsed < other.lastUsed : load < otherLoad;
    }

    void begin(Instant now, long turn) {
        inFlight++;
        // A weight of 2 comes as often as two keys.
        lastUsed = turn / entry.weight();
        probing = state instanceof KeyState.Quarantined;
        if (!minute.plus(MINUTE).isAfter(now)) {
            minute = now;
            inMinute = 0;
        }
        inMinute++;
    }

    void end() {
        inFlight--;
        probing = false;
    }

    void succeeded() {
        repeats = 0;
        refusals = 0;
        if (state instanceof KeyState.Quarantined) {
            state = new KeyState.Active();
        }
    }

    /** What a failure means for the key; classes that don't concern it leave it as it is. */
    void failed(ProviderFailure failure, Instant now, KeyPoolSettings settings) {
        switch (failure.failureClass()) {
            case RATE_LIMIT -> {
                if (settings.quarantine()) {
                    Duration own = grown(settings.quarantineTime(), LONGEST_QUARANTINE);
                    rest(now, failure.retryAfter().orElse(own), failure);
                } else {
                    lastLimited = now;
                }
            }
            case QUOTA ->
                    rest(
                            now,
                            failure.retryAfter()
                                    .filter(d -> d.compareTo(NO_CREDIT) > 0)
                                    .orElse(grown(NO_CREDIT, LONGEST_NO_CREDIT)),
                            failure);
            case CREDENTIAL -> {
                if (++refusals >= settings.retireAfter()) {
                    state = new KeyState.Retired(KeyState.By.PROVIDER, reason(failure));
                }
            }
            case MODEL_ACCESS,
                    MODEL_GONE,
                    TRANSIENT,
                    CONTEXT_WINDOW,
                    CONTENT_POLICY,
                    CALLER_FAULT,
                    UNKNOWN -> {}
        }
    }

    void restore() {
        state = new KeyState.Active();
        repeats = 0;
        refusals = 0;
        lastLimited = Instant.EPOCH;
    }

    void retire(String reason) {
        state = new KeyState.Retired(KeyState.By.OPERATOR, reason);
    }

    /** Whether a synthetic call may tell more of it. */
    boolean isDoubtful(Instant now) {
        return switch (state) {
            case KeyState.Active _ -> false;
            case KeyState.Quarantined q -> !probing && !q.until().isAfter(now);
            case KeyState.Retired r -> r.by() == KeyState.By.PROVIDER;
        };
    }

    /**
     * A synthetic call went well. The provider knows the key, but a list of models says little of
     * its rate or credit: if a real request is refused again, the next rest is longer still.
     */
    void vouchedFor() {
        state = new KeyState.Active();
        refusals = 0;
    }

    /** A synthetic call failed. */
    void doubted(ProviderFailure failure, Instant now, KeyPoolSettings settings) {
        if (!(state instanceof KeyState.Retired)) {
            failed(failure, now, settings);
        } else if (failure.failureClass() == FailureClass.CREDENTIAL) {
            state = new KeyState.Retired(KeyState.By.PROVIDER, reason(failure));
        }
    }

    private boolean withinRate(Instant now) {
        return entry.rpm().isEmpty()
                || inMinute < entry.rpm().get()
                || !minute.plus(MINUTE).isAfter(now);
    }

    private Duration grown(Duration first, Duration most) {
        Duration grown = first.multipliedBy(1L << Math.min(repeats, MAX_DOUBLINGS));
        return grown.compareTo(most) > 0 ? most : grown;
    }

    /** Of two rests that overlap, the later end counts. */
    private void rest(Instant now, Duration time, ProviderFailure failure) {
        if (state instanceof KeyState.Retired) {
            return;
        }
        Instant until = now.plus(time);
        if (state instanceof KeyState.Quarantined q && q.until().isAfter(until)) {
            until = q.until();
        }
        repeats++;
        state = new KeyState.Quarantined(until, reason(failure), repeats);
    }

    private static String reason(ProviderFailure failure) {
        return failure.failureClass().wire()
                + failure.status().map(s -> " (" + s + ")").orElse("")
                + ": "
                + failure.message();
    }
}
