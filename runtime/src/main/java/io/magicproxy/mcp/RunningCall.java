package io.magicproxy.mcp;

import io.magicproxy.telemetry.Trace;
import io.magicproxy.upstream.Cancellation;

/** A client's request under way. */
final class RunningCall {
    private final McpSession session;
    private final Incoming.Request request;
    private final EventLog log;
    private final Cancellation cancellation = new Cancellation();

    /** Of the HTTP request that brought it. */
    private final Trace trace = Trace.here();

    private volatile boolean takenBack;

    RunningCall(McpSession session, Incoming.Request request, EventLog log) {
        this.session = session;
        this.request = request;
        this.log = log;
        log.onAbandon(() -> cancellation.cancel(Cancellation.Reason.CLIENT_GONE));
    }

    McpSession session() {
        return session;
    }

    Incoming.Request request() {
        return request;
    }

    EventLog log() {
        return log;
    }

    Trace trace() {
        return trace;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /** The client wants no answer any more, so none may be sent. */
    void takeBack() {
        takenBack = true;
        cancellation.cancel(Cancellation.Reason.CLIENT_GONE);
    }

    boolean takenBack() {
        return takenBack;
    }
}
