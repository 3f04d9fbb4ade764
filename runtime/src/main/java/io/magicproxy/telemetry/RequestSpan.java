package io.magicproxy.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;

/** An HTTP request that came in. */
public final class RequestSpan implements AutoCloseable {
    private static final int FAILED = 500;

    private final Span span;
    private final Trace.Entered entered;

    RequestSpan(Spans.Begun begun, String method, String route) {
        this.span = begun.span();
        this.entered = begun.trace().enter();
        if (begun.recorded()) {
            span.setAttribute(Names.METHOD, method).setAttribute(Names.ROUTE, route);
        }
    }

    /** Whether somebody will read it. */
    public boolean recorded() {
        return span.isRecording();
    }

    /**
     * How it was answered.
     *
     * @param path as it came, without its query, which may hold secrets
     * @param alias as the configuration knows it
     */
    public void answered(String path, int status, String requestId, String alias) {
        span.setAttribute(Names.PATH, path)
                .setAttribute(Names.STATUS, (long) status)
                .setAttribute(Names.REQUEST_ID, requestId)
                .setAttribute(Names.ALIAS, alias);
        if (status >= FAILED) {
            span.setAttribute(Names.ERROR, Integer.toString(status)).setStatus(StatusCode.ERROR);
        }
    }

    @Override
    public void close() {
        entered.close();
        span.end();
    }
}
