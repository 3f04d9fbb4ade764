package io.magicproxy.store.redis;

import java.time.Duration;
import java.time.Instant;

/**
 * Times in Redis: as nanoseconds since 1970, since a replay must see the very time that was
 * recorded; as microseconds where they are scores, which hold no more.
 */
final class Times {
    private static final long SECOND = 1_000_000_000;
    private static final long NANOS_IN_MICRO = 1_000;

    private Times() {}

    static String text(Instant time) {
        return Long.toString(nanos(time));
    }

    static String text(Duration time) {
        try {
            return Long.toString(time.toNanos());
        } catch (ArithmeticException e) {
            return Long.toString(time.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE);
        }
    }

    static Instant instant(String nanos) {
        long all = Long.parseLong(nanos);
        return Instant.ofEpochSecond(Math.floorDiv(all, SECOND), Math.floorMod(all, SECOND));
    }

    static long micros(Instant time) {
        return Math.floorDiv(nanos(time), NANOS_IN_MICRO);
    }

    static String score(Instant time) {
        return Long.toString(micros(time));
    }

    static long score(String told) {
        return (long) Double.parseDouble(told);
    }

    /** Those beyond the years 1677 and 2262 become these. */
    private static long nanos(Instant time) {
        try {
            return Math.addExact(Math.multiplyExact(time.getEpochSecond(), SECOND), time.getNano());
        } catch (ArithmeticException e) {
            return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
