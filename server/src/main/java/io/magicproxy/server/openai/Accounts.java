package io.magicproxy.server.openai;

import io.magicproxy.chat.Usage;
import io.magicproxy.routing.Attempt;
import io.magicproxy.routing.Cost;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.Routed;
import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.telemetry.GatewayMetrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Writes down what a request took: metrics, and a line in the log when it was more than one call.
 */
final class Accounts {
    private static final Logger LOG = System.getLogger(Accounts.class.getName());

    private final GatewayMetrics metrics;

    Accounts(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    void routed(String endpoint, Routed<?> routed, Duration overhead) {
        metrics.overhead(endpoint, overhead);
        if (routed.fallbacks() > 0) {
            metrics.fallback(RequestInfo.current().alias());
        }
        if (routed.attempts().size() > 1) {
            log(routed.attempts());
        }
    }

    /** The cost in US dollars, if the prices are known. */
    Optional<BigDecimal> usage(Profile profile, Optional<Usage> usage) {
        if (usage.isEmpty()) {
            return Optional.empty();
        }
        Usage used = usage.get();
        metrics.tokens(profile.name(), "input", used.prompt());
        metrics.tokens(profile.name(), "output", used.completion());
        metrics.tokens(profile.name(), "cache_read", used.cacheRead());
        metrics.tokens(profile.name(), "cache_write", used.cacheWrite());
        metrics.tokens(profile.name(), "reasoning", used.reasoning());
        Optional<BigDecimal> cost = Cost.of(profile.info(), used);
        cost.ifPresent(usd -> metrics.cost(profile.name(), usd.doubleValue()));
        return cost;
    }

    void log(List<Attempt> attempts) {
        LOG.log(
                Level.INFO,
                () ->
                        "alias "
                                + RequestInfo.current().alias()
                                + ": "
                                + String.join(
                                        " -> ", attempts.stream().map(Accounts::line).toList()));
    }

    private static String line(Attempt attempt) {
        return attempt.profile()
                + attempt.key().map(k -> " [" + k + "]").orElse("")
                + " "
                + attempt.outcome()
                + attempt.failure().flatMap(f -> f.status()).map(s -> " " + s).orElse("")
                + " "
                + attempt.took().toMillis()
                + " ms";
    }
}
