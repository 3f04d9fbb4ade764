package io.magicproxy.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.function.Consumer;

/** A tool's call. */
public final class ToolSpan implements AutoCloseable {
    static final ToolSpan NONE = new ToolSpan();

    private final Span span;
    private final Trace trace;
    private final Trace.Entered entered;
    private final boolean content;

    private ToolSpan() {
        this.span = Span.getInvalid();
        this.trace = Trace.nowhere();
        this.entered = () -> {};
        this.content = false;
    }

    ToolSpan(Spans.Begun begun, boolean content, Consumer<Span> told) {
        this.span = begun.span();
        this.trace = begun.trace();
        this.entered = trace.enter();
        this.content = content && begun.recorded();
        if (begun.recorded()) {
            span.setAttribute(Names.OPERATION, "execute_tool");
            told.accept(span);
        }
    }

    /** Whether it shall hold arguments and result. */
    public boolean content() {
        return content;
    }

    /** For what the tool asks on other threads. */
    public Trace trace() {
        return trace;
    }

    /** As JSON. */
    public void arguments(String json) {
        span.setAttribute(Names.TOOL_ARGUMENTS, json);
    }

    /** As JSON. */
    public void result(String json) {
        span.setAttribute(Names.TOOL_RESULT, json);
    }

    /**
     * It failed.
     *
     * @param code a fixed word
     */
    public void failed(String code) {
        span.setAttribute(Names.ERROR, code).setStatus(StatusCode.ERROR);
    }

    @Override
    public void close() {
        entered.close();
        span.end();
    }
}
