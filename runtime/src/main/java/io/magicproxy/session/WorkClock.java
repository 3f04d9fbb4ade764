package io.magicproxy.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Counts the time that workers are at a run, over all of them. */
final class WorkClock {
    private final InstantSource clock;
    private Instant since;
    private Duration total;

    WorkClock(InstantSource clock, Duration before) {
        this.clock = clock;
        this.since = clock.instant();
        this.total = before;
    }

    /** What has passed since the last lap, for the journal to add. */
    synchronized Duration lap() {
        Instant now = clock.instant();
        Duration lap = Duration.between(since, now);
        since = now;
        total = total.plus(lap);
        return lap;
    }

    synchronized Duration total() {
        return total.plus(Duration.between(since, clock.instant()));
    }
}
