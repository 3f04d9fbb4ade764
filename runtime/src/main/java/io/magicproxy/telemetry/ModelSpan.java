package io.magicproxy.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One call of a model's provider: until its answer, or its stream, has ended. */
public final class ModelSpan {
    static final ModelSpan NONE = new ModelSpan();

    private final Span span;
    private final Trace trace;
    private final boolean content;

    private ModelSpan() {
        this.span = Span.getInvalid();
        this.trace = Trace.nowhere();
        this.content = false;
    }

    ModelSpan(Spans.Begun begun, ModelCall call, boolean content) {
        this.span = begun.span();
        this.trace = begun.trace();
        this.content = content && begun.recorded();
        if (begun.recorded()) {
            span.setAttribute(Names.OPERATION, call.operation())
                    .setAttribute(Names.PROVIDER, Names.provider(call.provider()))
                    .setAttribute(Names.REQUEST_MODEL, call.model())
                    .setAttribute(Names.PROFILE, call.profile())
                    .setAttribute(Names.ALIAS, call.alias())
                    .setAttribute(Names.ATTEMPT, (long) call.number());
            call.key().ifPresent(key -> span.setAttribute(Names.KEY, key));
        }
    }

    /** Whether somebody will read it. */
    public boolean recorded() {
        return span.isRecording();
    }

    /** Whether it shall hold what was asked and answered. */
    public boolean content() {
        return content;
    }

    /** What goes along with the call, so that the provider's spans are below this one. */
    public Map<String, String> outgoing() {
        return trace.outgoing();
    }

    /** What was asked, as the GenAI conventions write messages. */
    public void asked(String messages) {
        span.setAttribute(Names.INPUT, messages);
    }

    /** What was answered, as the GenAI conventions write messages. */
    public void said(String messages) {
        span.setAttribute(Names.OUTPUT, messages);
    }

    /** A stream's first output. */
    public void firstOutput(Duration after) {
        span.setAttribute(Names.REQUEST_STREAM, true)
                .setAttribute(Names.FIRST_CHUNK, after.toNanos() / 1e9)
                .addEvent("gen_ai.first_chunk");
    }

    public void response(String id, String model, List<String> finishReasons) {
        if (!id.isEmpty()) {
            span.setAttribute(Names.RESPONSE_ID, id);
        }
        if (!model.isEmpty()) {
            span.setAttribute(Names.RESPONSE_MODEL, model);
        }
        if (!finishReasons.isEmpty()) {
            span.setAttribute(Names.FINISH, finishReasons);
        }
    }

    public void tokens(long input, long output) {
        span.setAttribute(Names.INPUT_TOKENS, input).setAttribute(Names.OUTPUT_TOKENS, output);
    }

    /** Of the tokens those that are counted apart. */
    public void tokensApart(long cacheRead, long cacheWrite, long reasoning) {
        if (cacheRead > 0) {
            span.setAttribute(Names.CACHE_READ, cacheRead);
        }
        if (cacheWrite > 0) {
            span.setAttribute(Names.CACHE_WRITE, cacheWrite);
        }
        if (reasoning > 0) {
            span.setAttribute(Names.REASONING, reasoning);
        }
    }

    /**
     * It failed.
     *
     * @param errorClass a fixed word; a provider's own words may quote what was asked
     */
    public void failed(String errorClass) {
        span.setAttribute(Names.ERROR, errorClass).setStatus(StatusCode.ERROR);
    }

    /** With the provider's HTTP status. */
    public void failed(String errorClass, int status) {
        span.setAttribute(Names.STATUS, (long) status);
        failed(errorClass);
    }

    public void end() {
        span.end();
    }
}
