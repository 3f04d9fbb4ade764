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

    /** "Retry at once" would make a request that waits for this key call it in a loop. */
    private static final Duration SHORTEST_QUARANTINE = Duration.ofSeconds(1);

    private static final Duration LONGEST_ASKED = Duration.ofDays(7);

    /** More than the greatest weight, so that no use is free. */
    private static final long USE = 1L << 24;

    private KeyEntry entry;
    private KeyState state;
    private Optional<Instant> since;
    private boolean untold;
    private int repeats;
    private int refusals;
    private int inFlight;
    private long probe;
    private long share;
    private long lastLease;
    private Instant minute = Instant.EPOCH;
    private int inMinute;
    private Instant lastLimited = Instant.EPOCH;

    /**
     * @param since when that state began; absent if it never was another one
     */
    PooledKey(KeyEntry entry, KeyState state, Optional<Instant> since) {
        this.entry = entry;
        this.state = state;
        this.since = since;
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

    Optional<Instant> since() {
        return since;
    }

    void since(Instant changed) {
        since = Optional.of(changed);
        untold = true;
    }

    /** Whether the store has not heard of the state yet. */
    boolean untold() {
        return untold;
    }

    void told() {
        untold = false;
    }

    /** What another gateway has found out. */
    void become(KeyState found, Optional<Instant> when) {
        state = found;
        since = when;
        repeats = found instanceof KeyState.Quarantined q ? q.repeats() : 0;
        refusals = 0;
    }

    /** Whether a request tries it at this moment. */
    boolean probing() {
        return probe != 0;
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
            case KeyState.Quarantined _ -> Optional.of(probe != 0 ? now.plusMillis(100) : now);
            case KeyState.Active _ -> Optional.of(withinRate(now) ? now : minute.plus(MINUTE));
        };
    }

    boolean usable(Instant now) {
        return due(now).filter(at -> !at.isAfter(now)).isPresent();
    }

    boolean resting() {
        return state instanceof KeyState.Quarantined;
    }

    /**
     * Order of choice among usable keys: one that waits to be probed, then those that were not
     * limited lately, then the least busy for their weight, then the one whose turn it is, then the
     * longest idle.
     */
    boolean before(PooledKey other, Instant now, long round) {
        if (resting() != other.resting()) {
            return resting();
        }
        boolean rested = rested(now);
        if (rested != other.rested(now)) {
            return rested;
        }
        long load = (long) inFlight * other.entry.weight();
        long otherLoad = (long) other.inFlight * entry.weight();
        if (load != otherLoad) {
            return load < otherLoad;
        }
        return turn(round) == other.turn(round)
                ? lastLease < other.lastLease
                : turn(round) < other.turn(round);
    }

    private boolean rested(Instant now) {
        return !lastLimited.plus(MINUTE).isAfter(now);
    }

    /**
     * Where the key stands in the round. One that was away joins where the others are now, and does
     * not catch up.
     */
    long turn(long round) {
        return Math.max(share, round);
    }

    /** A use takes the less of the key's share, the more it weighs. */
    void begin(Instant now, long round, long lease) {
        inFlight++;
        lastLease = lease;
        share = turn(round) + USE / entry.weight();
        if (resting()) {
            probe = lease;
        }
        if (!minute.plus(MINUTE).isAfter(now)) {
            minute = now;
            inMinute = 0;
        }
        inMinute++;
    }

    void end(long lease) {
        inFlight--;
        if (probe == lease) {
            probe = 0;
        }
    }

    /** Ends a rest only if it is the probe: a call from before the rest says nothing of now. */
    void succeeded(long lease) {
        refusals = 0;
        if (resting() && probe == lease) {
            state = new KeyState.Active();
        }
        if (state instanceof KeyState.Active) {
            repeats = 0;
        }
    }

    /** What a failure means for the key; classes that don't concern it leave it as it is. */
    void failed(ProviderFailure failure, Instant now, KeyPoolSettings settings) {
        switch (failure.failureClass()) {
            case RATE_LIMIT -> {
                if (settings.quarantine()) {
                    Duration own = grown(settings.quarantineTime(), LONGEST_QUARANTINE, now);
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
                                    .orElse(grown(NO_CREDIT, LONGEST_NO_CREDIT, now)),
                            failure);
            case CREDENTIAL -> {
                if (++refusals >= settings.retireAfter() && !(state instanceof KeyState.Retired)) {
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
            case KeyState.Quarantined q -> probe == 0 && !q.until().isAfter(now);
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

    private Duration grown(Duration first, Duration most, Instant now) {
        int doublings = Math.min(repeatsBy(now) - 1, MAX_DOUBLINGS);
        Duration grown = first.multipliedBy(1L << doublings);
        // Somebody who configures a longer rest than the longest gets what is configured.
        Duration limit = first.compareTo(most) > 0 ? first : most;
        return grown.compareTo(limit) > 0 ? limit : grown;
    }

    /** Calls that were under way together and fail together are one failure. */
    private int repeatsBy(Instant now) {
        boolean resting = state instanceof KeyState.Quarantined q && q.until().isAfter(now);
        return resting ? Math.max(1, repeats) : repeats + 1;
    }

    /** Of two rests that overlap, the later end counts. */
    private void rest(Instant now, Duration asked, ProviderFailure failure) {
        if (state instanceof KeyState.Retired) {
            return;
        }
        Duration time = asked.compareTo(SHORTEST_QUARANTINE) < 0 ? SHORTEST_QUARANTINE : asked;
        time = time.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : time;
        repeats = repeatsBy(now);
        Instant until = now.plus(time);
        if (state instanceof KeyState.Quarantined q && q.until().isAfter(until)) {
            // The reason stays with the time that it explains.
            state = new KeyState.Quarantined(q.until(), q.reason(), repeats);
        } else {
            state = new KeyState.Quarantined(until, reason(failure), repeats);
        }
    }

    private static String reason(ProviderFailure failure) {
        return failure.failureClass().wire()
                + failure.status().map(s -> " (" + s + ")").orElse("")
                + ": "
                + failure.message();
    }
}
