package io.magicproxy.routing;

import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits, unless the request is given up. */
@FunctionalInterface
public interface Pause {
    /**
     * Returns after the time.
     *
     * @throws CallCancelledException at once when the request is given up
     */
    void sleep(Duration time, Cancellation cancellation);

    /** Real time. */
    static Pause real() {
        return (time, cancellation) -> {
            CountDownLatch cancelled = new CountDownLatch(1);
            try (var _ = cancellation.onCancel(cancelled::countDown)) {
                // A deadline cancels nothing by itself: its time is looked at here.
                Duration left = cancellation.remaining().orElse(time);
                Duration wait = left.compareTo(time) < 0 ? left : time;
                boolean early = cancelled.await(wait.toNanos(), TimeUnit.NANOSECONDS);
                Optional<Cancellation.Reason> reason = cancellation.reason();
                if (early || reason.isPresent()) {
                    throw new CallCancelledException(reason.orElse(Cancellation.Reason.SHUTDOWN));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CallCancelledException(Cancellation.Reason.SHUTDOWN);
            }
        };
    }
}
