package io.magicproxy.mcp.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.mcp.client.Wire.Outgoing;
import io.magicproxy.upstream.Cancellation;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpClientSession;
import io.modelcontextprotocol.spec.McpClientSession.NotificationHandler;
import io.modelcontextprotocol.spec.McpClientSession.RequestHandler;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** One session with one server: the SDK's, on a wire of ours. Its methods block. */
final class Connection implements AutoCloseable, Wire.Receiver {
    private static final String LIST_CHANGED = McpSchema.METHOD_NOTIFICATION_TOOLS_LIST_CHANGED;
    private static final String PROGRESS = McpSchema.METHOD_NOTIFICATION_PROGRESS;
    private static final String CANCELLED = "notifications/cancelled";

    /** Deadlines are the callers'; the SDK wants one. */
    private static final Duration NEVER = Duration.ofDays(3650);

    /** For what nobody waits for. */
    private static final Duration ASIDE = Duration.ofSeconds(10);

    private static final TypeRef<ObjectNode> OBJECT = new TypeRef<>() {};

    /** What the server asks of us is answered apart from the reading of its messages. */
    private static final Scheduler APART =
            Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor(), "mcp");

    private final Wire wire;
    private final Events events;
    private final UnaryOperator<JsonNode> mask;
    private final McpJsonMapper json = new JacksonMcpJsonMapper(new ObjectMapper());
    private final Map<String, Asked> asked = new ConcurrentHashMap<>();
    private final McpClientSession session;
    private volatile Optional<Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>>> handler =
            Optional.empty();
    private volatile Optional<String> lost = Optional.empty();

    /** What the server does by itself. */
    interface Events {
        void listChanged();

        void suspect();

        void lost();

        /** How far the call with this token is. */
        void progress(ObjectNode params);
    }

    /** A request under way. */
    private static final class Asked {
        private final Cancellation cancellation;
        private final AtomicBoolean takenBack = new AtomicBoolean();
        private volatile String id = "";
        private volatile Optional<WireException> failure = Optional.empty();

        Asked(Cancellation cancellation) {
            this.cancellation = cancellation;
        }
    }

    /** Through the SDK's session. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final WireException why;

        Broken(WireException why) {
            super(why);
            this.why = why;
        }
    }

    /**
     * @param mask takes secrets out of all that comes
     * @param answers to what the server may ask besides being alive
     */
    Connection(
            Wire wire,
            Events events,
            UnaryOperator<JsonNode> mask,
            Map<String, Function<ObjectNode, ObjectNode>> answers)
            throws WireException {
        this.wire = wire;
        this.events = events;
        this.mask = mask;
        Map<String, RequestHandler<?>> requests = new HashMap<>();
        answers.forEach((method, answer) -> requests.put(method, apart(answer)));
        requests.put(McpSchema.METHOD_PING, apart(_ -> Json.object()));
        this.session =
                new McpClientSession(
                        NEVER,
                        new Transport(),
                        requests,
                        Map.of(
                                LIST_CHANGED, noticed(_ -> events.listChanged()),
                                PROGRESS, noticed(events::progress)),
                        connecting -> connecting);
        wire.open(this);
    }

    private RequestHandler<ObjectNode> apart(Function<ObjectNode, ObjectNode> answer) {
        return params -> Mono.fromCallable(() -> answer.apply(object(params))).subscribeOn(APART);
    }

    private NotificationHandler noticed(Consumer<ObjectNode> action) {
        return params -> Mono.fromRunnable(() -> action.accept(object(params)));
    }

    private static ObjectNode object(Object params) {
        return params instanceof ObjectNode given ? given : Json.object();
    }

    // ------------------------------------------------------------------ out

    /** Waits for the result. */
    ObjectNode request(String method, ObjectNode params, Cancellation cancellation)
            throws WireException, RemoteError {
        var call = new Asked(cancellation);
        try (var _ = cancellation.onCancel(() -> giveUp(call))) {
            return awaited(
                    session.sendRequest(method, params, OBJECT)
                            .contextWrite(context -> context.put(Asked.class, call)),
                    cancellation);
        } catch (Broken e) {
            throw told(call, e.why);
        } catch (McpError e) {
            if (call.failure.isPresent()) {
                throw told(call, call.failure.get());
            }
            throw new RemoteError(
                    e.getJsonRpcError() == null
                            ? ErrorCodes.INTERNAL_ERROR
                            : e.getJsonRpcError().code(),
                    String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            var why =
                    new WireException(
                            WireException.Kind.LOST, lost.orElse("the connection was closed"), e);
            throw told(call, why);
        } finally {
            asked.remove(call.id);
        }
    }

    private static ObjectNode awaited(Mono<ObjectNode> answer, Cancellation wanted) {
        return Objects.requireNonNull(
                wanted.remaining().isPresent()
                        ? answer.block(wanted.remaining().get())
                        : answer.block());
    }

    /** What was given up on our side is no fault of the server's. */
    private WireException told(Asked call, WireException why) {
        if (call.cancellation.reason().isEmpty()) {
            return why;
        }
        giveUp(call);
        return new WireException(WireException.Kind.CANCELLED, why.text(), why);
    }

    void tell(String method, ObjectNode params) throws WireException {
        try {
            session.sendNotification(method, params).block();
        } catch (Broken e) {
            throw e.why;
        }
    }

    /** The server needs not go on; nobody waits for it to hear that. */
    private void giveUp(Asked call) {
        String id = call.id;
        if (id.isEmpty() || !call.takenBack.compareAndSet(false, true)) {
            return;
        }
        wire.abandon(id);
        var _ = Thread.ofVirtual().name("mcp-cancel").start(() -> takeBack(id));
    }

    private void takeBack(String id) {
        try {
            tell(
                    CANCELLED,
                    Json.object().put("requestId", id).put("reason", "the caller has given up"));
        } catch (WireException e) {
            // Who can't be reached doesn't go on for us.
        }
    }

    /** How the SDK's session sends. */
    private final class Transport implements McpClientTransport {
        @Override
        public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> takes) {
            handler = Optional.of(takes);
            return Mono.empty();
        }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.deferContextual(context ->
                    Mono.fromRunnable(() -> put(message, context.getOrEmpty(Asked.class))));
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return json.convertValue(data, type);
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }
    }

    private void put(JSONRPCMessage message, Optional<Asked> call) {
        Asked asking = call.orElseGet(() -> new Asked(new Cancellation(ASIDE)));
        String id = message instanceof JSONRPCRequest request ? String.valueOf(request.id()) : "";
        if (!id.isEmpty()) {
            asking.id = id;
            asked.put(id, asking);
        }
        try {
            if (asking.cancellation.reason().isPresent()) {
                throw new WireException(WireException.Kind.NOT_TAKEN, "the call was given up");
            }
            if (lost.isPresent()) {
                throw new WireException(WireException.Kind.NOT_TAKEN, lost.get());
            }
            wire.send(new Outgoing(id, bytes(message), asking.cancellation));
        } catch (WireException e) {
            throw new Broken(e);
        }
        if (!id.isEmpty() && asking.cancellation.reason().isPresent()) {
            // It was given up while it was being sent, and its number wasn't known then.
            wire.abandon(id);
        }
    }

    private byte[] bytes(JSONRPCMessage message) {
        try {
            return json.writeValueAsBytes(message);
        } catch (IOException e) {
            throw new UncheckedIOException("a message can't be written", e);
        }
    }

    // ------------------------------------------------------------------ in

    /** Only what was asked for, and what is known, goes to the session. */
    @Override
    public void message(ObjectNode message) {
        if (!(mask.apply(message) instanceof ObjectNode clean)) {
            return;
        }
        JsonNode id = clean.path("id");
        if (clean.path("method").isTextual()) {
            String method = clean.path("method").asText();
            ObjectNode params = object(clean.path("params"));
            if (id.isTextual() || id.isIntegralNumber()) {
                give(
                        new JSONRPCRequest(
                                method,
                                id.isTextual() ? id.asText() : (Object) id.asLong(),
                                params));
            } else if (method.equals(LIST_CHANGED) || method.equals(PROGRESS)) {
                give(new JSONRPCNotification(method, params));
            }
        } else if (asked.containsKey(id.asText())) {
            answered(id.asText(), clean);
        }
    }

    private void answered(String id, ObjectNode message) {
        if (message.path("result").isObject()) {
            give(JSONRPCResponse.result(id, message.path("result")));
        } else if (message.path("error").isObject()) {
            JsonNode error = message.path("error");
            give(
                    JSONRPCResponse.error(
                            id,
                            new JSONRPCResponse.JSONRPCError(
                                    error.path("code").asInt(ErrorCodes.INTERNAL_ERROR),
                                    error.path("message").asText("no reason was given"))));
        } else {
            unusable(
                    id,
                    new WireException(
                            WireException.Kind.LOST,
                            "the server answers with neither a result nor an error"));
        }
    }

    @Override
    public void unusable(String id, WireException why) {
        Asked call = asked.get(id);
        if (call != null) {
            call.failure = Optional.of(why);
            give(
                    JSONRPCResponse.error(
                            id,
                            new JSONRPCResponse.JSONRPCError(
                                    ErrorCodes.INTERNAL_ERROR, why.text())));
        }
    }

    private void give(JSONRPCMessage message) {
        handler.ifPresent(takes -> takes.apply(Mono.just(message)).subscribe());
    }

    @Override
    public void suspect() {
        events.suspect();
    }

    @Override
    public void lost(String why) {
        lost = Optional.of(why);
        session.close();
        events.lost();
    }

    /** Why there is no server at the other end any more. */
    Optional<String> lost() {
        return lost;
    }

    /** What the server printed, for whoever looks for a reason. */
    String said() {
        return wire.said();
    }

    boolean hears() {
        return wire.hears();
    }

    void ready(String protocol) {
        wire.ready(protocol);
    }

    @Override
    public void close() {
        lost = lost.or(() -> Optional.of("the connection was closed"));
        wire.close();
        session.close();
    }
}
