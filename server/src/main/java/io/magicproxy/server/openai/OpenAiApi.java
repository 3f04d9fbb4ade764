package io.magicproxy.server.openai;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.cache.CacheTerms;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.chat.Usage;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayGeneration;
import io.magicproxy.gateway.SecurityConfig;
import io.magicproxy.gateway.StreamingConfig;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.Route;
import io.magicproxy.routing.Routed;
import io.magicproxy.routing.RoutingException;
import io.magicproxy.server.http.BodyReader;
import io.magicproxy.server.http.ClientPresence;
import io.magicproxy.server.http.ErrorAnswers;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.SseWriter;
import io.magicproxy.server.typewriter.Typewriter;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.usage.Use;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/** {@code /v1/chat/completions} and {@code /v1/embeddings}. */
public final class OpenAiApi implements HttpService {
    private static final String CHAT = "/v1/chat/completions";
    private static final int BYTES_PER_TOKEN = 4;
    private static final String EMBEDDINGS = "/v1/embeddings";

    private final Gateway gateway;
    private final BodyReader bodies;
    private final Heartbeats heartbeats;
    private final Accounts accounts;
    private final Agents agents;

    /**
     * The API.
     *
     * @param agents answers for aliases that are agents
     */
    public OpenAiApi(
            Gateway gateway,
            BodyReader bodies,
            Heartbeats heartbeats,
            Accounts accounts,
            Agents agents) {
        this.gateway = gateway;
        this.bodies = bodies;
        this.heartbeats = heartbeats;
        this.agents = agents;
        this.accounts = accounts;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/chat/completions", this::chat).post("/embeddings", this::embed);
    }

    private void chat(ServerRequest request, ServerResponse response)
            throws MalformedRequestException, RoutingException {
        GatewayGeneration generation = gateway.current();
        RequestBody read = read(generation, request);
        Route found = RouteFinder.find(generation, read.model(), ModelInfo.Mode.CHAT);
        if (!read.isArray("messages")) {
            throw new MalformedRequestException("messages", "is required: a list of messages");
        }
        if (agents.world().isAgent(found.name())) {
            agents.chat().answer(request, response, read, found.name());
            return;
        }
        AskedTags tagged = AskedTags.of(request, found, read, generation.scanner());
        RequestBody body = tagged.body();
        Route route = tagged.route();
        CacheTerms terms = CacheHeaders.terms(generation, request);
        boolean stream = body.stream();
        Cancellation cancellation =
                new Cancellation(generation.config().routerSettings().timeout());
        try (var _ =
                ClientPresence.current()
                        .onGone(() -> cancellation.cancel(Cancellation.Reason.CLIENT_GONE))) {
            if (stream) {
                var asked =
                        new AskedStream(
                                generation.config().streamingSettings(),
                                body.bytes().length,
                                cancellation);
                stream(
                        asked,
                        response,
                        () -> generation.failover().stream(route, body, terms, cancellation));
            } else {
                whole(
                        CHAT,
                        Use.Kind.CHAT,
                        response,
                        logged(
                                Use.Kind.CHAT,
                                () ->
                                        generation
                                                .failover()
                                                .chat(route, body, terms, cancellation)));
            }
        }
    }

    private void embed(ServerRequest request, ServerResponse response)
            throws MalformedRequestException, RoutingException {
        GatewayGeneration generation = gateway.current();
        RequestBody read = read(generation, request);
        Route found = RouteFinder.find(generation, read.model(), ModelInfo.Mode.EMBEDDING);
        if (!read.has("input")) {
            throw new MalformedRequestException(
                    "input", "is required: a text, a list of texts, or tokens");
        }
        AskedTags tagged = AskedTags.of(request, found, read, generation.scanner());
        RequestBody body = tagged.body();
        Route route = tagged.route();
        CacheTerms terms = CacheHeaders.terms(generation, request);
        Cancellation cancellation =
                new Cancellation(generation.config().routerSettings().timeout());
        try (var _ =
                ClientPresence.current()
                        .onGone(() -> cancellation.cancel(Cancellation.Reason.CLIENT_GONE))) {
            whole(
                    EMBEDDINGS,
                    Use.Kind.EMBEDDING,
                    response,
                    logged(
                            Use.Kind.EMBEDDING,
                            () -> generation.failover().embed(route, body, terms, cancellation)));
        }
    }

    private RequestBody read(GatewayGeneration generation, ServerRequest request)
            throws MalformedRequestException {
        SecurityConfig limits = generation.config().securitySettings();
        return generation
                .scanner()
                .scan(bodies.json(request, limits.maxBody().asInt(), limits.requestReadTimeout()));
    }

    @FunctionalInterface
    private interface Routing<T> {
        Routed<T> run() throws RoutingException;
    }

    private <T> Routed<T> logged(Use.Kind kind, Routing<T> routing) throws RoutingException {
        try {
            return routing.run();
        } catch (RoutingException e) {
            accounts.failed(kind, e.failure().attempts());
            throw e;
        }
    }

    private void whole(
            String endpoint, Use.Kind kind, ServerResponse response, Routed<JsonReply> routed) {
        JsonReply reply = routed.value();
        Duration overhead = AnswerHeaders.overhead(routed);
        accounts.routed(endpoint, routed, overhead);
        AnswerHeaders.write(response, routed, overhead, reply.notes(), reply.limits());
        AnswerHeaders.cost(response, accounts.usage(kind, routed, reply.usage()));
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(reply.body());
    }

    /** A request for a stream, beside what goes to the provider. */
    private record AskedStream(
            StreamingConfig config, int requestBytes, Cancellation cancellation) {}

    private void stream(AskedStream asked, ServerResponse response, Routing<ChatStream> routing)
            throws RoutingException {
        try (SseWriter writer = new SseWriter(response, heartbeats)) {
            Optional<Routed<ChatStream>> routed = begun(routing, writer);
            if (routed.isPresent()) {
                stream(asked, response, routed.get(), writer);
            }
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("the client has left the stream", e);
        }
    }

    /** Empty if no stream begins, and the caller has been told so. */
    private Optional<Routed<ChatStream>> begun(Routing<ChatStream> routing, SseWriter writer)
            throws RoutingException {
        try {
            return Optional.of(logged(Use.Kind.CHAT, routing));
        } catch (RoutingException | RuntimeException e) {
            if (writer.withdraw()) {
                throw e;
            }
            // After a heartbeat the status is 200, and only an event can say it.
            writer.error(ErrorAnswers.inStream(e));
            return Optional.empty();
        }
    }

    private void stream(
            AskedStream asked,
            ServerResponse response,
            Routed<ChatStream> routed,
            SseWriter writer) {
        Duration overhead = AnswerHeaders.overhead(routed);
        accounts.routed(CHAT, routed, overhead);
        accounts.began(routed);
        ChatStream source = routed.value();
        try (ChatStream stream = paced(asked.config(), source, asked.cancellation())) {
            writer.headers(() -> {
                AnswerHeaders.write(response, routed, overhead, stream.notes(), stream.limits());
                if (routed.remembered()) {
                    AnswerHeaders.cost(response, Optional.of(BigDecimal.ZERO));
                }
            });
            forward(stream, writer);
        } finally {
            // Of one that broke off, too: it is paid for.
            accounts.usage(
                    Use.Kind.CHAT,
                    routed,
                    source.usage().or(() -> guessed(asked, source.tokensSeen())));
            accounts.ended();
        }
    }

    private static Optional<Usage> guessed(AskedStream asked, long written) {
        return Optional.of(Usage.guessed(asked.requestBytes() / BYTES_PER_TOKEN, written));
    }

    private static ChatStream paced(
            StreamingConfig config, ChatStream stream, Cancellation cancellation) {
        return switch (config.typewriterMode()) {
            case CLIENT -> stream;
            case PROXY ->
                    new Typewriter(
                            stream,
                            Duration.ofMillis(config.typewriterDelayMs()),
                            () -> cancellation.cancel(Cancellation.Reason.CLIENT_GONE));
        };
    }

    /** What can't be continued ends with an error, never with the mark of a complete answer. */
    private static void forward(ChatStream stream, SseWriter writer) {
        try {
            for (Optional<ChatStream.Frames> next = stream.next();
                    next.isPresent();
                    next = stream.next()) {
                ChatStream.Frames frames = next.get();
                writer.write(frames.buffer(), frames.offset(), frames.length());
            }
            writer.done();
        } catch (UncheckedIOException e) {
            throw e;
        } catch (ProviderException | RuntimeException e) {
            writer.error(ErrorAnswers.inStream(e));
        }
    }
}
