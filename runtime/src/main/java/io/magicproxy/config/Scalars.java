package io.magicproxy.config;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** Booleans and numbers as YAML writes them. */
final class Scalars {
    private static final Pattern TRUE = Pattern.compile("(?i)true|yes|on");
    private static final Pattern FALSE = Pattern.compile("(?i)false|no|off");

    /** Enough for any price or parameter; sums of larger ones could fill the memory. */
    private static final int MAX_DIGITS = 100;

    private Scalars() {}

    static Optional<Boolean> bool(String text) {
        if (TRUE.matcher(text).matches()) {
            return Optional.of(true);
        }
        return FALSE.matcher(text).matches() ? Optional.of(false) : Optional.empty();
    }

    static Optional<Integer> integer(String text) {
        try {
            return Optional.of(Integer.valueOf(text.replace("_", "")));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** A decimal number; not what only YAML counts as one, such as {@code 0x1F} or {@code .inf}. */
    static Optional<BigDecimal> number(String text) {
        try {
            if (text.length() > MAX_DIGITS) {
                return Optional.empty();
            }
            BigDecimal number = new BigDecimal(text.replace("_", ""));
            return Math.abs((long) number.scale()) > MAX_DIGITS
                    ? Optional.empty()
                    : Optional.of(number);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
