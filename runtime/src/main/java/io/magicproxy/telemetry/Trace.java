package io.magicproxy.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where in which trace something happens, and in which session: what a thread is at, to be carried
 * to another one, or as text to another process. Never fails, and without telemetry costs next to
 * nothing.
 */
public final class Trace {
    static final String PARENT = "traceparent";
    static final String STATE = "tracestate";
    private static final ContextKey<String> SESSION = ContextKey.named("magic-proxy-session");
    private static final ContextKey<Boolean> GOES_ON = ContextKey.named("magic-proxy-goes-on");
    private static final Trace NOWHERE = new Trace(Context.root());

    private static final TextMapGetter<Function<String, Optional<String>>> GETTER =
            new TextMapGetter<>() {
                @Override
                public Iterable<String> keys(Function<String, Optional<String>> from) {
                    return List.of(PARENT, STATE);
                }

                @Override
                public @Nullable String get(
                        @Nullable Function<String, Optional<String>> from, String key) {
                    return from == null ? null : from.apply(key).orElse(null);
                }
            };

    private final Context context;

    Trace(Context context) {
        this.context = context;
    }

    /** A thread's stay; closed on the same thread. */
    @FunctionalInterface
    public interface Entered extends AutoCloseable {
        @Override
        void close();
    }

    /** Where this thread is. */
    public static Trace here() {
        return new Trace(Context.current());
    }

    public static Trace nowhere() {
        return NOWHERE;
    }

    /**
     * Where a caller says that it is.
     *
     * @param named gives the values of {@code traceparent} and {@code tracestate}
     */
    public static Trace from(Function<String, Optional<String>> named) {
        if (named.apply(PARENT).isEmpty()) {
            return NOWHERE;
        }
        return new Trace(
                W3CTraceContextPropagator.getInstance().extract(Context.root(), named, GETTER));
    }

    /** What {@link #text} has written; nowhere, if it is something else. */
    public static Trace of(Optional<String> text) {
        if (text.isEmpty()) {
            return NOWHERE;
        }
        String[] parts = text.get().split(" ", 2);
        Map<String, String> named =
                parts.length == 1
                        ? Map.of(PARENT, parts[0])
                        : Map.of(PARENT, parts[0], STATE, parts[1]);
        return from(name -> Optional.ofNullable(named.get(name)));
    }

    /** To be kept with what goes on later; absent if there is nothing to go on with. */
    public Optional<String> text() {
        Map<String, String> named = named();
        String parent = named.get(PARENT);
        if (parent == null) {
            return Optional.empty();
        }
        String state = named.get(STATE);
        return Optional.of(state == null ? parent : parent + " " + state);
    }

    /** {@code traceparent} and {@code tracestate} for whom we ask, if they are to know. */
    public Map<String, String> outgoing() {
        return context.get(GOES_ON) == null ? Map.of() : named();
    }

    private Map<String, String> named() {
        if (!known()) {
            return Map.of();
        }
        Map<String, String> named = new HashMap<>();
        W3CTraceContextPropagator.getInstance()
                .inject(
                        context,
                        named,
                        (map, name, value) -> {
                            if (map != null) {
                                map.put(name, value);
                            }
                        });
        return named;
    }

    /** Whether it is a place in a trace at all. */
    public boolean known() {
        return span().isValid();
    }

    /** This one if it is a place in a trace, else the other. */
    public Trace or(Trace other) {
        return known() ? this : other;
    }

    public Optional<String> traceId() {
        SpanContext span = span();
        return span.isValid() ? Optional.of(span.getTraceId()) : Optional.empty();
    }

    public Optional<String> spanId() {
        SpanContext span = span();
        return span.isValid() ? Optional.of(span.getSpanId()) : Optional.empty();
    }

    /** The session at whose run this thread is. */
    public Optional<String> session() {
        return Optional.ofNullable(context.get(SESSION));
    }

    Trace inSession(String id) {
        return new Trace(context.with(SESSION, id));
    }

    Trace at(Span span, boolean goesOn) {
        Context with = context.with(span);
        return new Trace(goesOn ? with.with(GOES_ON, true) : with);
    }

    Context context() {
        return context;
    }

    private SpanContext span() {
        return Span.fromContext(context).getSpanContext();
    }

    /** This thread is there until the result is closed. */
    @SuppressWarnings("MustBeClosedChecker") // Whoever enters closes what this returns.
    public Entered enter() {
        Scope scope = context.makeCurrent();
        return scope::close;
    }

    public void run(Runnable action) {
        try (var _ = enter()) {
            action.run();
        }
    }

    public <T> T get(Supplier<T> action) {
        try (var _ = enter()) {
            return action.get();
        }
    }

    /** Something happened in the span that this thread is in. */
    public void event(Event event, String... namesAndValues) {
        Span span = Span.fromContext(context);
        if (!span.isRecording()) {
            return;
        }
        var attributes = Attributes.builder();
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            attributes.put(Names.text("magic_proxy." + namesAndValues[i]), namesAndValues[i + 1]);
        }
        span.addEvent(event.label(), attributes.build());
    }

    /** What may happen within a span. */
    public enum Event {
        /** An upstream's call failed; another one may follow. */
        ATTEMPT_FAILED("magic_proxy.attempt_failed"),
        /** A profile that rests, or has no place or key, was not asked. */
        PASSED_OVER("magic_proxy.passed_over"),
        /** The answer came from the cache. */
        CACHE_HIT("magic_proxy.cache_hit"),
        /** A remote tool's server went away, and the call is made again. */
        TOOL_RETRY("magic_proxy.tool_retry"),
        /** An answer broke off and is asked for again. */
        MODEL_RETRY("magic_proxy.model_retry");

        private final String label;

        Event(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }
}
