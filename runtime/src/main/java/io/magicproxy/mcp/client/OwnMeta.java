package io.magicproxy.mcp.client;

/**
 * What our own servers and clients tell each other besides what the protocol knows: members of
 * {@code _meta}.
 */
public final class OwnMeta {
    /** Of a call: its idempotency key. Sent to every server, taken from every client. */
    public static final String KEY = "io.magicproxy/idempotency-key";

    /** Of a tool: effect, time-out, concurrency, where it comes from. */
    public static final String TOOL = "io.magicproxy/tool";

    /** Of a failed call: code and message. */
    public static final String ERROR = "io.magicproxy/error";

    /** Of a result: its text is the JSON of a value that is neither text nor object. */
    public static final String JSON = "io.magicproxy/json";

    /** Of a request for a sample: which agent a tool asks, and in which call. */
    public static final String AGENT = "io.magicproxy/agent";

    private OwnMeta() {}
}
