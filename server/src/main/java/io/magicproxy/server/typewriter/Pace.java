package io.magicproxy.server.typewriter;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * How much of what waits is due at a step: as little as possible, so that it flows evenly, but so
 * much that nothing waits longer than it may.
 *
 * <p>Times are {@code System.nanoTime()}'s or a test's.
 */
final class Pace {
    /** What comes within this time counts as having come together. */
    private static final long TOGETHER = TimeUnit.MILLISECONDS.toNanos(50);

    private final long step;
    private final long within;
    private final Deque<Batch> batches = new ArrayDeque<>();

    /** A fraction of a character that is due, so that one and a half a step is possible. */
    private double carried;

    private static final class Batch {
        private final long since;
        private int chars;

        Batch(long since, int chars) {
            this.since = since;
            this.chars = chars;
        }
    }

    /**
     * A pace.
     *
     * @param step the time between two steps
     * @param within the longest that anything may wait
     */
    Pace(Duration step, Duration within) {
        this.step = Math.max(1, step.toNanos());
        this.within = within.toNanos();
    }

    void arrived(long now, int chars) {
        Batch last = batches.peekLast();
        if (last != null && now - last.since < TOGETHER) {
            last.chars += chars;
        } else {
            batches.addLast(new Batch(now, chars));
        }
    }

    /** How many characters this step should give; at least one. */
    double due(long now) {
        double rate = 1;
        int sum = 0;
        for (Batch batch : batches) {
            sum += batch.chars;
            rate = Math.max(rate, sum / stepsLeft(batch, now));
        }
        return rate + carried;
    }

    /** What is left of what was due; whole characters that could not be given are not owed. */
    void left(double due) {
        carried = Math.max(0, due % 1);
    }

    private double stepsLeft(Batch batch, long now) {
        return Math.max(1, (double) (batch.since + within - now) / step);
    }

    void gave(int chars) {
        for (int left = chars; left > 0; ) {
            Batch first = batches.getFirst();
            int taken = Math.min(left, first.chars);
            first.chars -= taken;
            left -= taken;
            if (first.chars == 0) {
                batches.removeFirst();
            }
        }
    }

    /** How long the first of what waits has waited. */
    long age(long now) {
        return batches.isEmpty() ? 0 : now - batches.getFirst().since;
    }

    /** How long the first of what waits may still wait. */
    long patience(long now) {
        return within - age(now);
    }
}
