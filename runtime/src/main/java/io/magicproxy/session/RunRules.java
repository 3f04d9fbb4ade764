package io.magicproxy.session;

import java.time.Duration;

/**
 * What holds for every run.
 *
 * @param maxResult bytes of one call's result
 * @param maxJournal bytes of a run's results and events
 * @param patience after which a replay that waits for a recorded call has diverged
 */
public record RunRules(int maxResult, long maxJournal, Duration patience) {
    public static RunRules standard() {
        return new RunRules(1 << 20, 64L << 20, Duration.ofSeconds(30));
    }
}
