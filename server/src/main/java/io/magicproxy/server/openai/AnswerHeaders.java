package io.magicproxy.server.openai;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.cache.CacheUse;
import io.magicproxy.provider.RateLimits;
import io.magicproxy.routing.Routed;
import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.server.http.Texts;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Says who answered, and what it took. */
final class AnswerHeaders {
    private static final HeaderName MODEL = HeaderNames.create("x-magic-model");
    private static final HeaderName PROVIDER = HeaderNames.create("x-magic-provider");
    private static final HeaderName ATTEMPTS = HeaderNames.create("x-magic-attempts");
    private static final HeaderName FALLBACKS = HeaderNames.create("x-magic-fallbacks");
    private static final HeaderName OVERHEAD = HeaderNames.create("x-magic-overhead-ms");
    private static final HeaderName COST = HeaderNames.create("x-magic-cost");
    private static final HeaderName CACHE = HeaderNames.create("x-magic-cache");
    private static final HeaderName NOTE = HeaderNames.create("x-magic-note");

    private AnswerHeaders() {}

    static void write(
            ServerResponse response,
            Routed<?> routed,
            Duration overhead,
            List<String> notes,
            RateLimits limits) {
        response.header(HeaderValues.create(MODEL, routed.profile().name()))
                .header(HeaderValues.create(PROVIDER, routed.profile().provider()))
                .header(HeaderValues.create(ATTEMPTS, routed.attempts().size()))
                .header(HeaderValues.create(FALLBACKS, routed.fallbacks()))
                .header(HeaderValues.create(OVERHEAD, millis(overhead)));
        if (routed.cache() != CacheUse.NONE) {
            response.header(HeaderValues.create(CACHE, routed.cache().wire()));
        }
        limits.headers().forEach(response::header);
        if (!notes.isEmpty()) {
            response.header(HeaderValues.create(NOTE, Texts.ascii(String.join("; ", notes))));
        }
    }

    /** With three decimals, always with a dot. String.format would cost more than all the rest. */
    private static String millis(Duration time) {
        long micros = (time.toNanos() + 500) / 1000;
        return micros / 1000 + "." + Long.toString(1000 + micros % 1000).substring(1);
    }

    /** In US dollars. */
    static void cost(ServerResponse response, Optional<BigDecimal> cost) {
        response.header(
                HeaderValues.create(
                        COST,
                        cost.map(usd -> usd.stripTrailingZeros().toPlainString())
                                .orElse("unknown")));
    }

    /** The request's time so far, without that of its upstreams. */
    static Duration overhead(Routed<?> routed) {
        Duration own =
                Duration.ofNanos(RequestInfo.current().nanosSinceStart())
                        .minus(routed.upstreamTime());
        return own.isNegative() ? Duration.ZERO : own;
    }
}
