package io.magicproxy.mcp.client;

/** The server's own answer that it won't. */
final class RemoteError extends Exception {
    private static final long serialVersionUID = 1;

    /** Of JSON-RPC: there is no such method. */
    static final int NO_METHOD = -32601;

    private final int code;

    RemoteError(int code, String message) {
        super(message);
        this.code = code;
    }

    int code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
