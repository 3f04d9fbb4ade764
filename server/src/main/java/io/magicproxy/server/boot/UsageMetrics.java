package io.magicproxy.server.boot;

import io.magicproxy.chat.Usage;
import io.magicproxy.routing.Cost;
import io.magicproxy.routing.Profile;
import io.magicproxy.telemetry.GatewayMetrics;

/** Counts what models were used by patterns. */
record UsageMetrics(GatewayMetrics metrics) {
    void used(Profile profile, Usage usage) {
        metrics.tokens(profile.name(), "input", usage.prompt());
        metrics.tokens(profile.name(), "output", usage.completion());
        metrics.tokens(profile.name(), "cache_read", usage.cacheRead());
        metrics.tokens(profile.name(), "cache_write", usage.cacheWrite());
        metrics.tokens(profile.name(), "reasoning", usage.reasoning());
        Cost.of(profile.info(), usage)
                .ifPresent(usd -> metrics.cost(profile.name(), usd.doubleValue()));
    }
}
