package io.magicproxy.provider.openai;

import io.magicproxy.chat.RequestBody;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.provider.UpstreamCalls;
import io.magicproxy.upstream.UpstreamClient;
import java.time.InstantSource;

/** One profile at a server of OpenAI's format. */
final class OpenAiAdapter implements ProviderAdapter {
    private final RequestRewriter rewriter;
    private final OpenAiEndpoints endpoints;
    private final UpstreamCalls calls;

    OpenAiAdapter(
            Dialect dialect,
            ProviderTarget target,
            OpenAiEndpoints endpoints,
            UpstreamClient client,
            InstantSource clock) {
        this.rewriter = new RequestRewriter(dialect, target);
        this.endpoints = endpoints;
        this.calls =
                new UpstreamCalls(
                        client,
                        endpoints.keyHeader(),
                        reply -> OpenAiErrors.classify(reply, clock.instant()));
    }

    @Override
    public JsonReply chat(RequestBody request, CallContext call) throws ProviderException {
        UpstreamCalls.Answer answer =
                calls.answer(endpoints.chat(), Faults.read(() -> rewriter.chat(request)), call);
        return reply(answer, request);
    }

    @Override
    public ChatStream stream(RequestBody request, CallContext call) throws ProviderException {
        byte[] body = Faults.read(() -> rewriter.chat(request));
        boolean passUsage = Faults.read(request::includeUsage);
        return new OpenAiStream(
                calls.open(endpoints.chat(), body, call),
                call.cancellation(),
                passUsage,
                rewriter.notes(request));
    }

    @Override
    public JsonReply embed(RequestBody request, CallContext call) throws ProviderException {
        return reply(
                calls.answer(endpoints.embeddings(), rewriter.embedding(request), call), request);
    }

    private JsonReply reply(UpstreamCalls.Answer answer, RequestBody request)
            throws ProviderException {
        return new JsonReply(
                answer.body(),
                ReplyScan.usage(answer.body()),
                rewriter.notes(request),
                answer.limits());
    }

    @Override
    public void probe(CallContext call) throws ProviderException {
        calls.probe(endpoints.probe(), call);
    }
}
