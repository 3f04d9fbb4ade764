package io.magicproxy.routing;

import java.time.Duration;
import java.util.List;

/**
 * An answer and how it was come by.
 *
 * @param profile who gave it
 * @param attempts all of them, the last one with success
 * @param fallbacks how many profiles were passed over before
 */
public record Routed<T>(T value, Profile profile, List<Attempt> attempts, int fallbacks) {
    /** Time spent waiting for upstreams. */
    public Duration upstreamTime() {
        return attempts.stream().map(Attempt::took).reduce(Duration.ZERO, Duration::plus);
    }
}
