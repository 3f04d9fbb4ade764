package io.magicproxy.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import java.util.Optional;
import java.util.function.Function;

/** Begins spans; begins none, and costs nothing, if nobody wants them. */
public final class Spans {
    private static final Spans OFF = new Spans(Optional.empty(), false, false);

    private final Optional<Tracer> tracer;
    private final boolean content;
    private final boolean propagates;

    Spans(Tracer tracer, boolean content, boolean propagates) {
        this(Optional.of(tracer), content, propagates);
    }

    private Spans(Optional<Tracer> tracer, boolean content, boolean propagates) {
        this.tracer = tracer;
        this.content = content;
        this.propagates = propagates;
    }

    public static Spans off() {
        return OFF;
    }

    public boolean on() {
        return tracer.isPresent();
    }

    /**
     * An HTTP request that came in. This thread is in the span until it is closed.
     *
     * @param route its path with names in place of what varies
     * @param header of the request, by name
     */
    public RequestSpan request(
            String method, String route, Function<String, Optional<String>> header) {
        Trace parent = on() ? Trace.from(header) : Trace.nowhere();
        return new RequestSpan(begin(parent, SpanKind.SERVER, method, route), method, route);
    }

    /** One call of a model's provider. This thread is not in it yet. */
    public ModelSpan model(ModelCall call) {
        if (!on()) {
            return ModelSpan.NONE;
        }
        return new ModelSpan(
                begin(Trace.here(), SpanKind.CLIENT, call.operation(), call.model()),
                call,
                content);
    }

    /** A worker's work at a run. This thread is in the span, and in the session, until closed. */
    public AgentSpan agent(Trace parent, AgentCall call) {
        Trace session = parent.inSession(call.session());
        return new AgentSpan(begin(session, SpanKind.INTERNAL, "invoke_agent", call.alias()), call);
    }

    /** A tool's call. This thread is in the span until it is closed. */
    public ToolSpan tool(String name, String id, String source) {
        if (!on()) {
            return ToolSpan.NONE;
        }
        return new ToolSpan(
                begin(Trace.here(), SpanKind.INTERNAL, "execute_tool", name),
                content,
                span ->
                        span.setAttribute(Names.TOOL, name)
                                .setAttribute(Names.TOOL_CALL, id)
                                .setAttribute(Names.TOOL_TYPE, "function")
                                .setAttribute(Names.SOURCE, source));
    }

    /** A tool's call that came by MCP. This thread is in the span until it is closed. */
    public ToolSpan served(Trace parent, String name) {
        if (!on()) {
            return ToolSpan.NONE;
        }
        return new ToolSpan(
                begin(parent, SpanKind.SERVER, "tools/call", name),
                false,
                span ->
                        span.setAttribute(Names.TOOL, name)
                                .setAttribute(Names.MCP_METHOD, "tools/call"));
    }

    /** A span that isn't this thread's yet, and where it stands. */
    record Begun(Span span, Trace trace) {
        boolean recorded() {
            return span.isRecording();
        }
    }

    /**
     * Beneath a span that isn't recorded none is: then the parent stands for it, and the SDK isn't
     * asked.
     */
    private Begun begin(Trace parent, SpanKind kind, String what, String which) {
        if (tracer.isEmpty()) {
            return new Begun(Span.getInvalid(), parent);
        }
        SpanContext above = Span.fromContext(parent.context()).getSpanContext();
        Span span =
                above.isValid() && !above.isSampled()
                        ? Span.wrap(above)
                        : tracer.get()
                                .spanBuilder(which.isEmpty() ? what : what + " " + which)
                                .setSpanKind(kind)
                                .setParent(parent.context())
                                .startSpan();
        return new Begun(span, parent.at(span, propagates));
    }
}
