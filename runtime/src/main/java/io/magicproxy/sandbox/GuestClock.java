package io.magicproxy.sandbox;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * How long a guest worked: the time between host calls. On a busy machine that time passes without
 * any work done, so the limit is processor time of the guest's thread, or four times as much by the
 * clock (a guest that makes the collector work all the time uses little processor time itself).
 */
final class GuestClock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int PATIENCE = 4;

    private final Duration limit;
    private long thread;
    private long processorAtStart;
    private long worked;
    private long since;
    private boolean running;

    GuestClock(Duration limit) {
        this.limit = limit;
    }

    /** On the guest's thread, when the script's own work begins. */
    synchronized void begin() {
        thread = Thread.currentThread().threadId();
        processorAtStart = THREADS.getThreadCpuTime(thread);
        resume();
    }

    synchronized void pause() {
        if (running) {
            worked += System.nanoTime() - since;
            running = false;
        }
    }

    synchronized void resume() {
        since = System.nanoTime();
        running = true;
    }

    /** What is left at least; zero or less when the limit is passed. */
    synchronized Duration left() {
        if (thread == 0) {
            return limit;
        }
        long elapsed = worked + (running ? System.nanoTime() - since : 0);
        long processor = THREADS.getThreadCpuTime(thread);
        long counted = processor < 0 ? elapsed : Math.min(elapsed, processor - processorAtStart);
        return limit.minusNanos(Math.max(counted, elapsed / PATIENCE));
    }
}
