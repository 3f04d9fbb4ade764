package io.magicproxy.routing;

import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Answers by script; when that is at its end, always well. */
final class FakeProvider implements ProviderAdapter {
    final List<Optional<ApiKey>> calls = new ArrayList<>();
    final List<CallContext> contexts = new ArrayList<>();
    private final Deque<Step> script = new ArrayDeque<>();

    /** What comes of one call. */
    @FunctionalInterface
    interface Step {
        FakeStream answer(CallContext context) throws ProviderException;
    }

    static ProviderFailure failure(FailureClass kind, Duration... retryAfter) {
        return new ProviderFailure(
                kind,
                Optional.empty(),
                kind.wire(),
                Optional.empty(),
                Optional.empty(),
                retryAfter.length == 0 ? Optional.empty() : Optional.of(retryAfter[0]));
    }

    FakeProvider then(Step step) {
        script.add(step);
        return this;
    }

    FakeProvider fails(FailureClass kind, Duration... retryAfter) {
        return then(_ -> {
            throw new ProviderException(failure(kind, retryAfter));
        });
    }

    FakeProvider streams(FakeStream stream) {
        return then(_ -> stream);
    }

    private FakeStream call(CallContext context) throws ProviderException {
        calls.add(context.key());
        contexts.add(context);
        Step step = script.poll();
        return step == null ? new FakeStream().output("ok") : step.answer(context);
    }

    @Override
    public JsonReply chat(RequestBody request, CallContext context) throws ProviderException {
        call(context);
        return new JsonReply(
                "ok".getBytes(StandardCharsets.UTF_8), Optional.<Usage>empty(), List.of());
    }

    @Override
    public ChatStream stream(RequestBody request, CallContext context) throws ProviderException {
        return call(context);
    }

    @Override
    public void probe(CallContext context) throws ProviderException {
        call(context);
    }

    @Override
    public JsonReply embed(RequestBody request, CallContext context) throws ProviderException {
        return chat(request, context);
    }
}
