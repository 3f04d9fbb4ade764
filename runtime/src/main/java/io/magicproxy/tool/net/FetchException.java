package io.magicproxy.tool.net;

/** A fetch that brought no answer. The message can be shown to the model; it names no secret. */
public final class FetchException extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** Why. */
    public enum Kind {
        /** The request is none that is ever sent. */
        BAD_REQUEST("bad_request"),
        /** The grant doesn't allow it. */
        NOT_ALLOWED("not_allowed"),
        /** No whole answer in time. */
        TIMEOUT("fetch_timeout"),
        /** A larger answer than was wanted. */
        TOO_LARGE("fetch_too_large"),
        /** No connection, no trusted certificate, no HTTP, or it broke. */
        FAILED("fetch_failed"),
        /** Given up with the call that it was for. */
        CANCELLED("cancelled");

        private final String code;

        Kind(String code) {
            this.code = code;
        }

        /** As a script sees it. */
        public String code() {
            return code;
        }
    }

    public FetchException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /**
     * A larger answer than was wanted.
     *
     * @param where the host, with its scheme
     */
    public static FetchException tooLarge(String where, int maxBytes) {
        return new FetchException(
                Kind.TOO_LARGE,
                where + " answers with more than " + maxBytes + " bytes (max_bytes)");
    }

    public Kind kind() {
        return kind;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
