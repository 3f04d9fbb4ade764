package io.magicproxy.server;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what the gateway does by itself. */
public final class Waiting {
    private static final Duration LONG = Duration.ofSeconds(60);

    private Waiting() {}

    /** Something that becomes true. */
    @FunctionalInterface
    public interface Check {
        boolean holds() throws Exception;
    }

    /** Far longer than it may take, for a machine that is busy. */
    public static void until(Check check) throws Exception {
        Instant deadline = Instant.now().plus(LONG);
        while (!check.holds()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("waited in vain");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** Gives what must not happen the time to happen. */
    public static void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }
}
