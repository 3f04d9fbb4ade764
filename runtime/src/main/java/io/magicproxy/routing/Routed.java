package io.magicproxy.routing;

import io.magicproxy.cache.CacheUse;
import java.time.Duration;
import java.util.List;

/**
 * An answer and how it was come by.
 *
 * @param profile who gave it
 * @param attempts all of them, the last one with success; a remembered answer needs none
 * @param fallbacks how many profiles were passed over before
 * @param cache whether it was remembered
 */
public record Routed<T>(
        T value, Profile profile, List<Attempt> attempts, int fallbacks, CacheUse cache) {
    /** Time spent waiting for upstreams. */
    public Duration upstreamTime() {
        return attempts.stream().map(Attempt::took).reduce(Duration.ZERO, Duration::plus);
    }

    /** Whether it cost nothing. */
    public boolean remembered() {
        return cache == CacheUse.HIT;
    }
}
