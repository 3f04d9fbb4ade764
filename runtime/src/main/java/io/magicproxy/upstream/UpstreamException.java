package io.magicproxy.upstream;

/**
 * An attempt that brought no whole answer. The message names host and remedy, never a header's
 * value.
 */
public final class UpstreamException extends Exception {
    private final Kind kind;

    /** What went wrong. */
    public enum Kind {
        /** Nothing listens there, or the name doesn't resolve. */
        CONNECT,
        CONNECT_TIMEOUT,
        /** An address that may not be called. */
        FORBIDDEN_ADDRESS,
        TLS,
        /** The connection broke before the answer's end. */
        RESET,
        /** No headers, or for a stream no first output, in time. */
        RESPONSE_TIMEOUT,
        /** The answer did not end in time. */
        TOTAL_TIMEOUT,
        /** Given up on our side: see {@link Cancellation#reason()}. */
        CANCELLED,
        /** The answer, or one event of it, is larger than the limit. */
        TOO_LARGE,
        /** What came is not the HTTP that was promised. */
        PROTOCOL
    }

    UpstreamException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    UpstreamException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
