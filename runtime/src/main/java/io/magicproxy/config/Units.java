package io.magicproxy.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them. */
final class Units {
    private static final Pattern AMOUNT =
            Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)\\s*([A-Za-z]*)");
    private static final Map<String, Double> SECONDS =
            Map.of(
                    "", 1.0, "ms", 0.001, "s", 1.0, "m", 60.0, "min", 60.0, "h", 3_600.0, "d",
                    86_400.0);
    private static final Map<String, Long> BYTES =
            Map.of(
                    "",
                    1L,
                    "b",
                    1L,
                    "kb",
                    1_000L,
                    "kib",
                    1L << 10,
                    "mb",
                    1_000_000L,
                    "mib",
                    1L << 20,
                    "gb",
                    1_000_000_000L,
                    "gib",
                    1L << 30);

    /** Ten years: no sum of a few overflows a clock that counts nanoseconds. */
    private static final double MAX_SECONDS = 3_650 * 86_400.0;

    private Units() {}

    /** A number counts seconds. */
    static Optional<Duration> duration(String text) {
        Matcher m = AMOUNT.matcher(text.strip());
        if (!m.matches() || !SECONDS.containsKey(m.group(2))) {
            return Optional.empty();
        }
        double seconds = Double.parseDouble(m.group(1)) * SECONDS.get(m.group(2));
        return seconds > MAX_SECONDS
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.round(seconds * 1e9)));
    }

    /** A number counts bytes. */
    static Optional<DataSize> size(String text) {
        Matcher m = AMOUNT.matcher(text.strip());
        String unit = m.matches() ? m.group(2).toLowerCase(Locale.ROOT) : "?";
        return BYTES.containsKey(unit)
                ? Optional.of(
                        new DataSize(Math.round(Double.parseDouble(m.group(1)) * BYTES.get(unit))))
                : Optional.empty();
    }
}
