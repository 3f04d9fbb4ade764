package io.magicproxy.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;

/** A worker's work at a run. */
public final class AgentSpan implements AutoCloseable {
    private final Span span;
    private final Trace.Entered entered;

    AgentSpan(Spans.Begun begun, AgentCall call) {
        this.span = begun.span();
        this.entered = begun.trace().enter();
        if (begun.recorded()) {
            span.setAttribute(Names.OPERATION, "invoke_agent")
                    .setAttribute(Names.AGENT, call.alias())
                    .setAttribute(Names.CONVERSATION, call.session())
                    .setAttribute(Names.RUN, call.run())
                    .setAttribute(Names.PATTERN, call.pattern())
                    .setAttribute(Names.ATTEMPT, call.attempt());
        }
    }

    /** What all of its calls used. */
    public void tokens(long input, long output) {
        span.setAttribute(Names.INPUT_TOKENS, input).setAttribute(Names.OUTPUT_TOKENS, output);
    }

    /**
     * It ended without an answer.
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
