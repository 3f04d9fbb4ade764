package io.magicproxy.provider.simulator;

import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Takes time as a real provider would: ended by a time-out or by the caller's leaving. */
final class Waiting {
    private Waiting() {}

    static void sleep(Duration time, Duration limit, Cancellation cancellation)
            throws ProviderException {
        boolean late = time.compareTo(limit) > 0;
        CountDownLatch cancelled = new CountDownLatch(1);
        try (var _ = cancellation.onCancel(cancelled::countDown)) {
            if (cancelled.await((late ? limit : time).toNanos(), TimeUnit.NANOSECONDS)
                    || cancellation.reason().isPresent()) {
                throw new CallCancelledException(
                        cancellation.reason().orElse(Cancellation.Reason.SHUTDOWN));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelledException(Cancellation.Reason.SHUTDOWN);
        }
        if (late) {
            throw new ProviderException(
                    ProviderFailure.of(FailureClass.TRANSIENT, "no answer in time (simulated)"));
        }
    }
}
