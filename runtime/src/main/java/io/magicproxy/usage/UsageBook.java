package io.magicproxy.usage;

import io.magicproxy.chat.Usage;
import io.magicproxy.routing.Cost;
import io.magicproxy.telemetry.GatewayMetrics;
import java.math.BigDecimal;
import java.util.Optional;

/** Is told of each answered call, and counts its tokens and what they cost. */
public final class UsageBook {
    private final GatewayMetrics metrics;

    public UsageBook(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    /**
     * Writes a call down.
     *
     * @return what it cost in US dollars, if the prices are known
     */
    public Optional<BigDecimal> used(Use use) {
        String profile = use.profile().name();
        Usage usage = use.usage();
        metrics.tokens(profile, "input", usage.prompt());
        metrics.tokens(profile, "output", usage.completion());
        metrics.tokens(profile, "cache_read", usage.cacheRead());
        metrics.tokens(profile, "cache_write", usage.cacheWrite());
        metrics.tokens(profile, "reasoning", usage.reasoning());
        Optional<BigDecimal> cost = Cost.of(use.profile().info(), usage);
        cost.ifPresent(usd -> metrics.cost(profile, usd.doubleValue()));
        return cost;
    }
}
