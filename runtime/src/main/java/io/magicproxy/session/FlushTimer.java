package io.magicproxy.session;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs short actions a moment later, each on a virtual thread. */
final class FlushTimer implements AutoCloseable {
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("flush").factory());

    /** Does nothing once it is closed: nobody is left to whom a moment later matters. */
    void after(Duration delay, Runnable action) {
        try {
            var _ =
                    executor.schedule(
                            () -> {
                                var _ = Thread.startVirtualThread(action);
                            },
                            delay.toMillis(),
                            TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            if (!executor.isShutdown()) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
