package io.magicproxy.server.openai;

import io.magicproxy.chat.Usage;
import io.magicproxy.routing.Attempt;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.Routed;
import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.telemetry.GatewayMetrics;
import io.magicproxy.usage.UsageBook;
import io.magicproxy.usage.Use;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Writes down what a request took: metrics, and a line in the log when it was more than one call.
 */
public final class Accounts {
    private static final Logger LOG = System.getLogger(Accounts.class.getName());

    private static final Usage NONE = new Usage(0, 0, 0, 0, 0);

    private final GatewayMetrics metrics;
    private final UsageBook book;

    public Accounts(GatewayMetrics metrics, UsageBook book) {
        this.metrics = metrics;
        this.book = book;
    }

    /** A stream's first output is there. */
    void began(Routed<?> routed) {
        if (!routed.remembered()) {
            metrics.firstToken(
                    routed.profile().name(),
                    Duration.ofNanos(RequestInfo.current().nanosSinceStart()));
        }
        metrics.streamOpened();
    }

    void ended() {
        metrics.streamClosed();
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
    Optional<BigDecimal> usage(Use.Kind kind, Routed<?> routed, Optional<Usage> usage) {
        if (routed.remembered()) {
            book.remembered(use(kind, routed.profile(), NONE));
            return Optional.of(BigDecimal.ZERO);
        }
        return usage.flatMap(used -> book.used(use(kind, routed.profile(), used)));
    }

    private static Use use(Use.Kind kind, Profile profile, Usage used) {
        RequestInfo info = RequestInfo.current();
        return new Use(info.caller().payer(), info.alias(), kind, profile, used);
    }

    /** Nobody has answered. */
    void failed(Use.Kind kind, List<Attempt> attempts) {
        RequestInfo info = RequestInfo.current();
        book.failed(info.caller().payer(), info.alias(), kind);
        if (!attempts.isEmpty()) {
            log(attempts);
        }
    }

    private void log(List<Attempt> attempts) {
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
