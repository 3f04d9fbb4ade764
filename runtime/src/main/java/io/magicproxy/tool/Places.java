package io.magicproxy.tool;

import io.magicproxy.upstream.Cancellation;
import java.time.Duration;

/** Room for so many calls of one tool at once. */
final class Places {
    private final int count;
    private int taken;

    Places(int count) {
        this.count = count;
    }

    int count() {
        return count;
    }

    /**
     * Waits for a place, as long as the call is wanted.
     *
     * @return whether there was one
     */
    boolean take(Cancellation wanted) throws InterruptedException {
        try (var _ = wanted.onCancel(this::look)) {
            synchronized (this) {
                while (taken >= count) {
                    long left = wanted.remaining().map(Duration::toMillis).orElse(Long.MAX_VALUE);
                    if (left <= 0 || wanted.reason().isPresent()) {
                        return false;
                    }
                    wait(left);
                }
                taken++;
                return true;
            }
        }
    }

    synchronized void giveBack() {
        taken--;
        notify();
    }

    private synchronized void look() {
        notifyAll();
    }
}
