package io.magicproxy.tool.scenario;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that only answers move. */
final class ScenarioClock implements InstantSource {
    private static final Duration ANSWER = Duration.ofSeconds(1);

    private Instant now;

    ScenarioClock(Instant begin) {
        this.now = begin;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    synchronized void pass() {
        now = now.plus(ANSWER);
    }
}
