package io.magicproxy.provider;

import io.magicproxy.upstream.Cancellation;

/** The call was given up on our side; unwinds to whoever holds the caller's request. */
public final class CallCancelledException extends RuntimeException {
    private final Cancellation.Reason reason;

    public CallCancelledException(Cancellation.Reason reason) {
        super("cancelled: " + reason);
        this.reason = reason;
    }

    public Cancellation.Reason reason() {
        return reason;
    }
}
