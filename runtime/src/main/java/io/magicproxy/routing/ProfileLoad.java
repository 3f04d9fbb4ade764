package io.magicproxy.routing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How busy a profile is, and how soon it answers. Outlives configurations; costs a few nanoseconds,
 * so it is kept whether or not a strategy asks for it.
 *
 * <p>Times are those of {@link System#nanoTime}.
 */
public final class ProfileLoad {
    /** Each call's share of the average: about the last ten calls count. */
    private static final int SHARE = 5;

    /** What is older says nothing of now. */
    private static final long LATELY = Duration.ofMinutes(1).toNanos();

    private static final long BETWEEN_TRIALS = Duration.ofSeconds(5).toNanos();

    /** What a failure costs its caller, besides its time: another try elsewhere. */
    private static final long FAILURE = Duration.ofSeconds(10).toNanos();

    private static final double UNKNOWN = Double.POSITIVE_INFINITY;

    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong nextTrial = new AtomicLong();
    private volatile boolean trialled;

    // Two calls that end at once may lose one of their times, which does no harm to an average.
    private volatile double average = UNKNOWN;
    private volatile long last;

    void begun() {
        underWay.incrementAndGet();
    }

    void ended() {
        underWay.decrementAndGet();
    }

    public int underWay() {
        return underWay.get();
    }

    /** A call gave its first output, or its answer. */
    void answered(long tookNanos, long now) {
        add(tookNanos, now);
    }

    /** A call failed through no fault of its request. */
    void failed(long tookNanos, long now) {
        add(tookNanos + FAILURE, now);
    }

    private void add(long nanos, long now) {
        double before = average;
        average = isKnown(now) ? before + (nanos - before) / SHARE : nanos;
        last = now;
    }

    /** Infinite until a call has ended. */
    double averageNanos() {
        return average;
    }

    private boolean isKnown(long now) {
        return average != UNKNOWN && now - last < LATELY;
    }

    /** Whether it isn't known how soon it answers now, and this call shall find out. */
    boolean takesTrial(long now) {
        if (isKnown(now)) {
            return false;
        }
        long due = nextTrial.get();
        if (trialled && now - due < 0) {
            return false;
        }
        trialled = true;
        return nextTrial.compareAndSet(due, now + BETWEEN_TRIALS);
    }
}
