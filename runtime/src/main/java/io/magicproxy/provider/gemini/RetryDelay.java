package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.RetryAfter;
import io.magicproxy.provider.Wire;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long Google asks to wait. */
final class RetryDelay {
    private static final Pattern IN_WORDS = Pattern.compile("retry in ([0-9hms.]*s)\\b");

    private RetryDelay() {}

    /** {@code RetryInfo.retryDelay}, such as {@code "38.2s"}, or the same in the message. */
    static Optional<Duration> in(JsonNode error, String message) {
        for (JsonNode detail : error.path("details")) {
            Optional<Duration> delay = RetryAfter.units(Wire.text(detail, "retryDelay"));
            if (delay.isPresent()) {
                return delay;
            }
        }
        Matcher words = IN_WORDS.matcher(message);
        return words.find() ? RetryAfter.units(words.group(1)) : Optional.empty();
    }

    /** {@code Retry-After}: seconds, or a date, which is read against the answer's own. */
    static Optional<Duration> of(ErrorReply reply) {
        Optional<Instant> now = reply.header().apply("Date").flatMap(RetryDelay::date);
        return now.isPresent()
                ? RetryAfter.of(reply, now.get())
                // No clock here: of a date that lies in the past for certain nothing is left.
                : RetryAfter.of(reply, Instant.MAX).filter(wait -> !wait.isZero());
    }

    private static Optional<Instant> date(String header) {
        try {
            DateTimeFormatter form = DateTimeFormatter.RFC_1123_DATE_TIME;
            return Optional.of(ZonedDateTime.parse(header.strip(), form).toInstant());
        } catch (DateTimeException notADate) {
            return Optional.empty();
        }
    }
}
