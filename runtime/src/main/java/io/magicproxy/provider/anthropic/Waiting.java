package io.magicproxy.provider.anthropic;

import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.RetryAfter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How long Anthropic asks to wait: {@code retry-after}, else the latest reset among the limits that
 * are used up. Dates are read against the answer's own.
 */
final class Waiting {
    private static final List<String> LIMITS =
            List.of("requests", "tokens", "input-tokens", "output-tokens");

    private Waiting() {}

    static Optional<Duration> asked(ErrorReply reply) {
        Optional<Instant> now = reply.header().apply("date").flatMap(Waiting::httpDate);
        if (now.isEmpty()) {
            // No clock here: of a date that lies in the past for certain nothing is left.
            return RetryAfter.of(reply, Instant.MAX).filter(wait -> !wait.isZero());
        }
        return RetryAfter.of(reply, now.get()).or(() -> untilReset(reply, now.get()));
    }

    private static Optional<Duration> untilReset(ErrorReply reply, Instant now) {
        return LIMITS.stream()
                .map(limit -> "anthropic-ratelimit-" + limit)
                .filter(limit -> header(reply, limit + "-remaining").equals("0"))
                .flatMap(limit -> instant(header(reply, limit + "-reset")).stream())
                .map(reset -> Duration.between(now, reset))
                .filter(Duration::isPositive)
                .max(Comparator.naturalOrder());
    }

    private static String header(ErrorReply reply, String name) {
        return reply.header().apply(name).map(String::strip).orElse("");
    }

    private static Optional<Instant> instant(String rfc3339) {
        try {
            return Optional.of(OffsetDateTime.parse(rfc3339).toInstant());
        } catch (DateTimeException notADate) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> httpDate(String header) {
        try {
            DateTimeFormatter form = DateTimeFormatter.RFC_1123_DATE_TIME;
            return Optional.of(ZonedDateTime.parse(header.strip(), form).toInstant());
        } catch (DateTimeException notADate) {
            return Optional.empty();
        }
    }
}
