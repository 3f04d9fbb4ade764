package io.magicproxy.server.openai;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayGeneration;
import io.magicproxy.gateway.SecurityConfig;
import io.magicproxy.gateway.StreamingConfig;
import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.ChatStream;
import io.magicproxy.provider.JsonReply;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.quota.Ticket;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.Route;
import io.magicproxy.routing.Routed;
import io.magicproxy.routing.RoutingException;
import io.magicproxy.server.http.BodyReader;
import io.magicproxy.server.http.ClientPresence;
import io.magicproxy.server.http.ErrorAnswers;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.KeyLimits;
import io.magicproxy.server.http.SseWriter;
import io.magicproxy.server.typewriter.Typewriter;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.usage.Use;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/** {@code /v1/chat/completions} and {@code /v1/embeddings}. */
public final class OpenAiApi implements HttpService {
    private static final String CHAT = "/v1/chat/completions";
    private static final String EMBEDDINGS = "/v1/embeddings";

    private final Gateway gateway;
    private final BodyReader bodies;
    private final Heartbeats heartbeats;
    private final Accounts accounts;
    private final Agents agents;
    private final KeyLimits limits;

    /**
     * The API.
     *
     * @param agents answers for aliases that are agents
     * @param limits of the keys that requests come with
     */
    public OpenAiApi(
            Gateway gateway,
            BodyReader bodies,
            Heartbeats heartbeats,
            Accounts accounts,
            Agents agents,
            KeyLimits limits) {
        this.limits = limits;
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
        RequestBody body = read(generation, request);
        Route route = find(generation, body, ModelInfo.Mode.CHAT);
        if (!body.isArray("messages")) {
            throw new MalformedRequestException("messages", "is required: a list of messages");
        }
        if (agents.world().isAgent(route.name())) {
            limits.run(response);
            agents.chat().answer(request, response, body, route.name());
            return;
        }
        boolean stream = body.stream();
        Cancellation cancellation =
                new Cancellation(generation.config().routerSettings().timeout());
        try (Ticket ticket = limits.call(route, body, response);
                var _ =
                        ClientPresence.current()
                                .onGone(() ->
                                        cancellation.cancel(Cancellation.Reason.CLIENT_GONE))) {
            var bill = new Bill(ticket, accounts, body);
            if (stream) {
                stream(
                        generation.config().streamingSettings(),
                        response,
                        () -> generation.failover().stream(route, body, cancellation),
                        cancellation,
                        bill);
            } else {
                whole(
                        CHAT,
                        Use.Kind.CHAT,
                        response,
                        logged(() -> generation.failover().chat(route, body, cancellation), bill),
                        bill);
            }
        }
    }

    private void embed(ServerRequest request, ServerResponse response)
            throws MalformedRequestException, RoutingException {
        GatewayGeneration generation = gateway.current();
        RequestBody body = read(generation, request);
        Route route = find(generation, body, ModelInfo.Mode.EMBEDDING);
        if (!body.has("input")) {
            throw new MalformedRequestException(
                    "input", "is required: a text, a list of texts, or tokens");
        }
        Cancellation cancellation =
                new Cancellation(generation.config().routerSettings().timeout());
        try (Ticket ticket = limits.call(route, body, response);
                var _ =
                        ClientPresence.current()
                                .onGone(() ->
                                        cancellation.cancel(Cancellation.Reason.CLIENT_GONE))) {
            var bill = new Bill(ticket, accounts, body);
            whole(
                    EMBEDDINGS,
                    Use.Kind.EMBEDDING,
                    response,
                    logged(() -> generation.failover().embed(route, body, cancellation), bill),
                    bill);
        }
    }

    private Route find(GatewayGeneration generation, RequestBody body, ModelInfo.Mode mode)
            throws MalformedRequestException {
        String model = body.model();
        limits.mayAsk(model);
        return RouteFinder.find(generation, model, mode);
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

    private <T> Routed<T> logged(Routing<T> routing, Bill bill) throws RoutingException {
        try {
            return routing.run();
        } catch (CallCancelledException e) {
            bill.givenUp();
            throw e;
        } catch (RoutingException e) {
            if (!e.failure().attempts().isEmpty()) {
                accounts.log(e.failure().attempts());
            }
            throw e;
        }
    }

    private void whole(
            String endpoint,
            Use.Kind kind,
            ServerResponse response,
            Routed<JsonReply> routed,
            Bill bill) {
        JsonReply reply = routed.value();
        Duration overhead = AnswerHeaders.overhead(routed);
        accounts.routed(endpoint, routed, overhead);
        AnswerHeaders.write(response, routed, overhead, reply.notes(), bill.limits(reply.limits()));
        AnswerHeaders.cost(response, bill.answered(kind, routed.profile(), reply.usage()));
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(reply.body());
    }

    private void stream(
            StreamingConfig config,
            ServerResponse response,
            Routing<ChatStream> routing,
            Cancellation cancellation,
            Bill bill)
            throws RoutingException {
        try (SseWriter writer = new SseWriter(response, heartbeats)) {
            Optional<Routed<ChatStream>> routed = begun(routing, writer, bill);
            if (routed.isPresent()) {
                stream(config, response, routed.get(), writer, cancellation, bill);
            }
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("the client has left the stream", e);
        }
    }

    /** Empty if no stream begins, and the caller has been told so. */
    private Optional<Routed<ChatStream>> begun(
            Routing<ChatStream> routing, SseWriter writer, Bill bill) throws RoutingException {
        try {
            return Optional.of(logged(routing, bill));
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
            StreamingConfig config,
            ServerResponse response,
            Routed<ChatStream> routed,
            SseWriter writer,
            Cancellation cancellation,
            Bill bill) {
        Duration overhead = AnswerHeaders.overhead(routed);
        accounts.routed(CHAT, routed, overhead);
        accounts.began(routed.profile());
        try (ChatStream stream = paced(config, routed.value(), cancellation)) {
            writer.headers(() ->
                    AnswerHeaders.write(
                            response,
                            routed,
                            overhead,
                            stream.notes(),
                            bill.limits(stream.limits())));
            forward(stream, writer, routed.profile(), bill);
        } finally {
            accounts.ended();
        }
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
    private static void forward(ChatStream stream, SseWriter writer, Profile profile, Bill bill) {
        try {
            for (Optional<ChatStream.Frames> next = stream.next();
                    next.isPresent();
                    next = stream.next()) {
                ChatStream.Frames frames = next.get();
                bill.hear(frames);
                writer.write(frames.buffer(), frames.offset(), frames.length());
            }
            bill.ended(profile, stream);
            writer.done();
        } catch (UncheckedIOException e) {
            throw e;
        } catch (ProviderException | RuntimeException e) {
            bill.ended(profile, stream);
            writer.error(ErrorAnswers.inStream(e));
        } finally {
            bill.ended(profile, stream);
        }
    }
}
