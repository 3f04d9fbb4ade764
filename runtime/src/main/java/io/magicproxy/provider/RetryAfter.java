package io.magicproxy.provider;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how long a provider asks us to wait, in the forms that the vendors use. */
public final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final Pattern UNITS =
            Pattern.compile(
                    "(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m(?!s))?(?:(\\d{1,9}(?:\\.\\d{1,9})?)s)?(?:(\\d{1,9})ms)?");

    private RetryAfter() {}

    /**
     * From {@code retry-after-ms} (Azure, OpenAI) or {@code retry-after}, a number of seconds or a
     * date.
     */
    public static Optional<Duration> of(ErrorReply reply, Instant now) {
        Optional<Duration> millis =
                reply.header()
                        .apply("retry-after-ms")
                        .filter(v -> SECONDS.matcher(v).matches())
                        .map(v -> Duration.ofNanos((long) (Double.parseDouble(v) * 1e6)));
        return millis.or(() -> reply.header().apply("retry-after").flatMap(v -> parse(v, now)));
    }

    /** A header's value: seconds, or an HTTP date. */
    static Optional<Duration> parse(String value, Instant now) {
        String text = value.strip();
        if (SECONDS.matcher(text).matches()) {
            return Optional.of(seconds(text));
        }
        try {
            Instant until =
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration wait = Duration.between(now, until);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException notADate) {
            return Optional.empty();
        }
    }

    /**
     * A duration with units, such as {@code 6m0s}, {@code 1.5s} or {@code 120ms}: OpenAI's resets,
     * Google's delays.
     */
    public static Optional<Duration> units(String value) {
        Matcher m = UNITS.matcher(value.strip());
        if (value.isBlank() || !m.matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        sum = m.group(1) == null ? sum : sum.plusDays(Long.parseLong(m.group(1)));
        sum = m.group(2) == null ? sum : sum.plusHours(Long.parseLong(m.group(2)));
        sum = m.group(3) == null ? sum : sum.plusMinutes(Long.parseLong(m.group(3)));
        sum = m.group(4) == null ? sum : sum.plus(seconds(m.group(4)));
        return Optional.of(m.group(5) == null ? sum : sum.plusMillis(Long.parseLong(m.group(5))));
    }

    private static Duration seconds(String number) {
        return Duration.ofNanos((long) (Double.parseDouble(number) * 1e9));
    }
}
