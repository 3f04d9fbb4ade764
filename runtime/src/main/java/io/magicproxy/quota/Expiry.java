package io.magicproxy.quota;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them. */
final class Expiry {
    private static final Pattern SPAN = Pattern.compile("(\\d{1,6})\\s*([smhd])");

    private Expiry() {}

    /** A time, or a date, whose day is the first that it no longer holds. */
    static Optional<Instant> point(String text) {
        try {
            return Optional.of(
                    text.length() <= "2027-01-31".length()
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** So many seconds, minutes, hours or days. */
    static Optional<Duration> span(String text) {
        Matcher found = SPAN.matcher(text.strip());
        if (!found.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(found.group(1));
        return Optional.of(
                switch (found.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    default -> Duration.ofDays(count);
                });
    }
}
