package io.magicproxy.mcp.client;

/** A message that brought no answer. */
final class WireException extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    enum Kind {
        /** The server has not seen it, and won't. */
        NOT_TAKEN,
        /** The server doesn't know this session any more, and has not taken the message. */
        FORGOTTEN,
        /** The server may have acted on it. */
        LOST,
        /** Its answer was too large. */
        TOO_LARGE,
        /** Given up on our side. */
        CANCELLED
    }

    WireException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    WireException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
