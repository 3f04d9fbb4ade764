package io.magicproxy.upstream;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Gives up one caller's request, whatever it is waiting for. */
public final class Cancellation {
    private final AtomicReference<Optional<Reason>> reason =
            new AtomicReference<>(Optional.empty());

    /** Why a request is given up. */
    public enum Reason {
        CLIENT_GONE,
        DEADLINE,
        SHUTDOWN
    }

    /** The first reason counts. */
    public void cancel(Reason why) {
        reason.updateAndGet(now -> now.isPresent() ? now : Optional.of(why));
    }

    public Optional<Reason> reason() {
        return reason.get();
    }
}
