package io.magicproxy.mcp.client;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Wakes whoever looks after a server. What was rung twice is answered once. */
final class Bell {
    private final Set<Reason> rung = EnumSet.noneOf(Reason.class);
    private boolean closed;

    enum Reason {
        /** Its connection has ended. */
        LOST,
        /** Something looks wrong. */
        SUSPECT,
        /** Its list has changed. */
        LIST
    }

    synchronized void ring(Reason reason) {
        rung.add(reason);
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Waits for a reason, the most urgent first; empty if there was none in time. */
    synchronized Optional<Reason> await(Duration limit) {
        pause(limit, rung::isEmpty);
        Optional<Reason> first = rung.stream().findFirst();
        first.ifPresent(rung::remove);
        return first;
    }

    /** Waits that long, unless it is closed; what was rung before is forgotten. */
    synchronized void awaitClose(Duration limit) {
        pause(limit, () -> true);
        rung.clear();
    }

    private interface Check {
        boolean holds();
    }

    private void pause(Duration limit, Check quiet) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            long left = limit.toMillis();
            while (left > 0 && !closed && quiet.holds()) {
                wait(left);
                left = (end - System.nanoTime()) / 1_000_000;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
