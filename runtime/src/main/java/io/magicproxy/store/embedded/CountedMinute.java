package io.magicproxy.store.embedded;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** What was counted in the last minute, by half seconds. Guarded by its owner. */
final class CountedMinute {
    private static final long BUCKET_MS = 500;

    /** One more than a minute has: the oldest is in part older than a minute. */
    private static final int BUCKETS = 121;

    private final long[] amounts = new long[BUCKETS];
    private long newest = Long.MIN_VALUE;
    private long sum;

    /** Takes out what is older. */
    private void advance(Instant now) {
        long bucket = bucket(now);
        if (newest == Long.MIN_VALUE || bucket - newest >= BUCKETS) {
            Arrays.fill(amounts, 0);
            sum = 0;
            newest = bucket;
        }
        while (newest < bucket) {
            newest++;
            sum -= amounts[place(newest)];
            amounts[place(newest)] = 0;
        }
    }

    private static long bucket(Instant at) {
        return Math.floorDiv(at.toEpochMilli(), BUCKET_MS);
    }

    private static int place(long bucket) {
        return (int) Math.floorMod(bucket, (long) BUCKETS);
    }

    long sum(Instant now) {
        advance(now);
        return sum;
    }

    void add(Instant now, long amount) {
        advance(now);
        amounts[place(newest)] += amount;
        sum += amount;
    }

    /** Gives back of what was counted then, if it still counts. */
    void giveBack(Instant now, Instant then, long amount) {
        advance(now);
        long bucket = Math.min(bucket(then), newest);
        if (newest - bucket < BUCKETS) {
            long back = Math.min(amount, amounts[place(bucket)]);
            amounts[place(bucket)] -= back;
            sum -= back;
        }
    }

    /** When so much will have gone by itself; zero if it never will. */
    Duration until(Instant now, long amount) {
        advance(now);
        long gone = 0;
        for (long bucket = newest - BUCKETS + 1; bucket <= newest; bucket++) {
            gone += amounts[place(bucket)];
            if (gone >= amount && gone > 0) {
                return Duration.ofMillis((bucket + BUCKETS) * BUCKET_MS - now.toEpochMilli());
            }
        }
        return Duration.ZERO;
    }

    boolean isEmpty(Instant now) {
        return sum(now) == 0;
    }
}
