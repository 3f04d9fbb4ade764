package io.magicproxy.mcp;

/** What becomes of a client's message. */
public sealed interface Outcome {
    /**
     * A new session.
     *
     * @param json the answer to {@code initialize}
     */
    record Opened(String sessionId, byte[] json) implements Outcome {}

    /** Taken; there is no answer to it. */
    record Taken() implements Outcome {}

    /** Messages follow, to be read from there. */
    record Following(EventReader events) implements Outcome {}

    /**
     * Not taken.
     *
     * @param code of JSON-RPC
     * @param message what was wrong, and what would be right
     */
    record Refused(Reason reason, int code, String message) implements Outcome {}

    /** Why a message is not taken. */
    enum Reason {
        /** The message, or what came with it, is wrong. */
        MALFORMED,
        /** There is no such session (any more): the client begins a new one. */
        UNKNOWN_SESSION,
        /** Too much at once. */
        BUSY,
        /** The server stops. */
        STOPPING
    }
}
