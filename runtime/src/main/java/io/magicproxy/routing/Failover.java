package io.magicproxy.routing;

import io.magicproxy.cache.AnswerKind;
import io.magicproxy.cache.CacheRequest;
import io.magicproxy.cache.CacheTerms;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.time.InstantSource;

/** Calls the profiles of a route until one answers. Blocks. */
public final class Failover {
    private static final AnswerKind<JsonReply> CHAT = new AnswerKind.Chat();
    private static final AnswerKind<JsonReply> EMBEDDINGS = new AnswerKind.Embeddings();
    private static final AnswerKind<ChatStream> STREAM = new AnswerKind.Streamed();

    private final Settings settings;
    private final InstantSource clock;
    private final Pause pause;
    private final RoutingListener listener;

    /**
     * How a passing failure is tried again.
     *
     * @param retries on the same profile
     * @param leastPause before each
     */
    public record Settings(int retries, Duration leastPause) {}

    public Failover(Settings settings, InstantSource clock, Pause pause, RoutingListener listener) {
        this.settings = settings;
        this.clock = clock;
        this.pause = pause;
        this.listener = listener;
    }

    /** One way of calling a profile. */
    @FunctionalInterface
    interface Call<T> {
        /**
         * Calls it once.
         *
         * @param hold closed by the caller on failure; on success the result closes it, or {@link
         *     Run} does
         */
        T on(Profile profile, CallContext context, Hold hold) throws ProviderException;
    }

    /** One request: where it goes, how a profile is called, and whether its answer may be known. */
    record Job<T>(Route route, Call<T> call, CacheRequest<T> known) {
        Cancellation cancellation() {
            return known.cancellation();
        }
    }

    public Routed<JsonReply> chat(Route route, RequestBody request, Cancellation cancellation)
            throws RoutingException {
        return chat(route, request, CacheTerms.usual(), cancellation);
    }

    public Routed<JsonReply> chat(
            Route route, RequestBody request, CacheTerms terms, Cancellation cancellation)
            throws RoutingException {
        return run(
                route,
                new CacheRequest<>(CHAT, request, terms, cancellation),
                (profile, context, hold) -> {
                    hold.watch().asked(request);
                    return whole(hold, profile.adapter().chat(request, context));
                });
    }

    public Routed<JsonReply> embed(Route route, RequestBody request, Cancellation cancellation)
            throws RoutingException {
        return embed(route, request, CacheTerms.usual(), cancellation);
    }

    public Routed<JsonReply> embed(
            Route route, RequestBody request, CacheTerms terms, Cancellation cancellation)
            throws RoutingException {
        return run(
                route,
                new CacheRequest<>(EMBEDDINGS, request, terms, cancellation),
                (profile, context, hold) -> {
                    hold.watch().asked(request);
                    return whole(hold, profile.adapter().embed(request, context));
                });
    }

    public Routed<ChatStream> stream(Route route, RequestBody request, Cancellation cancellation)
            throws RoutingException {
        return stream(route, request, CacheTerms.usual(), cancellation);
    }

    /**
     * A stream whose first output is there; until then, a failure leads to the next try and is not
     * seen.
     */
    public Routed<ChatStream> stream(
            Route route, RequestBody request, CacheTerms terms, Cancellation cancellation)
            throws RoutingException {
        return run(
                route,
                new CacheRequest<>(STREAM, request, terms, cancellation),
                (profile, context, hold) -> {
                    hold.watch().asked(request);
                    return StartedStream.begin(profile.adapter().stream(request, context), hold);
                });
    }

    private static JsonReply whole(Hold hold, JsonReply reply) {
        hold.succeeded();
        hold.watch().answered(reply);
        hold.watch().used(reply.usage());
        hold.close();
        return reply;
    }

    private <T> Routed<T> run(Route route, CacheRequest<T> known, Call<T> call)
            throws RoutingException {
        return new Run<>(new Job<>(route, call, known), settings, clock, pause, listener).result();
    }
}
