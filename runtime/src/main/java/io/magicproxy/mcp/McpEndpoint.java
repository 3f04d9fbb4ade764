package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.magicproxy.mcp.Outcome.Reason;
import io.magicproxy.upstream.Cancellation;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The MCP server: takes clients' messages, and has their sessions. Builds nothing before the first
 * client comes.
 */
public final class McpEndpoint implements AutoCloseable {
    private static final Logger LOG = System.getLogger(McpEndpoint.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 16;
    private static final Duration TICK = Duration.ofSeconds(1);

    /** For what the client's user may have to think about. */
    private static final Duration CLIENT_ANSWERS = Duration.ofMinutes(10);

    private static final String INSTRUCTIONS =
            "A Magic Proxy gateway. Its tools do one thing each; a tool named ask_… is an agent that"
                    + " reasons in steps and may take minutes: give it a whole question, and watch its"
                    + " progress.";

    private final Supplier<McpOffer> offer;
    private final String version;
    private final Supplier<McpConfig> config;
    private final InstantSource clock;
    private final Map<String, McpSession> sessions = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private Optional<Ready> ready = Optional.empty();
    private volatile boolean draining;

    /** What all sessions share, once there is one. */
    private record Ready(McpJsonMapper json, Map<String, McpRequestHandler<?>> handlers) {}

    /**
     * @param offer asked for once, when the first client comes
     * @param version of the gateway
     * @param config asked for whenever it matters
     */
    public McpEndpoint(
            Supplier<McpOffer> offer,
            String version,
            Supplier<McpConfig> config,
            InstantSource clock) {
        this.offer = offer;
        this.version = version;
        this.config = config;
        this.clock = clock;
        var _ = Thread.ofVirtual().name("mcp-sessions").start(this::sweep);
    }

    /**
     * Takes a message; {@code initialize} comes without a session, and opens one.
     *
     * @param owner who asks: others are not told of the session
     */
    public Outcome post(Optional<String> sessionId, Incoming message, String owner) {
        // Calls under way may still need answers, or be taken back.
        if (draining && message instanceof Incoming.Request) {
            return stopping();
        }
        if (message instanceof Incoming.Malformed(String reason)) {
            return refused(Reason.MALFORMED, ErrorCodes.INVALID_REQUEST, reason);
        }
        if (message instanceof Incoming.Request request
                && request.method().equals(McpSchema.METHOD_INITIALIZE)) {
            return sessionId.isEmpty()
                    ? opened(request, owner)
                    : refused(
                            Reason.MALFORMED,
                            ErrorCodes.INVALID_REQUEST,
                            "the session is initialized already; leave Mcp-Session-Id out to open another");
        }
        return of(sessionId, owner, session -> session.take(message));
    }

    /** The stream of what belongs to no request, or what a client has missed of any stream. */
    public Outcome listen(Optional<String> sessionId, Optional<String> lastEventId, String owner) {
        return draining
                ? stopping()
                : of(
                        sessionId,
                        owner,
                        session -> lastEventId.map(session::resume).orElseGet(session::listen));
    }

    /** Ends the session, and gives up its calls. */
    public Outcome delete(Optional<String> sessionId, String owner) {
        return of(
                sessionId,
                owner,
                session -> {
                    end(session, Cancellation.Reason.CLIENT_GONE);
                    return new Outcome.Taken();
                });
    }

    /** How many sessions there are. */
    public int sessions() {
        return sessions.size();
    }

    /** How many requests are under way. */
    public int calls() {
        return sessions.values().stream().mapToInt(McpSession::calls).sum();
    }

    private interface Use {
        Outcome of(McpSession session);
    }

    private Outcome of(Optional<String> sessionId, String owner, Use use) {
        if (sessionId.isEmpty()) {
            return refused(
                    Reason.MALFORMED,
                    Protocol.SERVER_ERROR,
                    "the header Mcp-Session-Id is missing; send \"initialize\" first, its answer has the id");
        }
        McpSession session = sessions.get(sessionId.get());
        return session == null || !session.owner().equals(owner)
                ? refused(
                        Reason.UNKNOWN_SESSION,
                        Protocol.NO_SESSION,
                        "there is no such session (any more); send \"initialize\" without Mcp-Session-Id")
                : use.of(session);
    }

    private static Outcome refused(Reason reason, int code, String message) {
        return new Outcome.Refused(reason, code, message);
    }

    private static Outcome stopping() {
        return refused(
                Reason.STOPPING, Protocol.SERVER_ERROR, "the gateway is shutting down; ask again");
    }

    private Outcome opened(Incoming.Request request, String owner) {
        Ready shared = ready();
        McpSchema.InitializeRequest wish;
        try {
            wish = shared.json.convertValue(request.params(), McpSchema.InitializeRequest.class);
        } catch (IllegalArgumentException e) {
            return refused(
                    Reason.MALFORMED,
                    ErrorCodes.INVALID_PARAMS,
                    "\"initialize\" needs protocolVersion, capabilities and clientInfo");
        }
        if (!room()) {
            return refused(
                    Reason.BUSY,
                    Protocol.SERVER_ERROR,
                    "as many sessions are under way as may; mcp_settings.max_sessions sets the limit");
        }
        String agreed = Protocol.agreed(wish.protocolVersion());
        var session =
                new McpSession(
                        new McpStreamableServerSession(
                                id(),
                                wish.capabilities(),
                                wish.clientInfo(),
                                CLIENT_ANSWERS,
                                shared.handlers,
                                Map.of()),
                        new McpSession.Terms(agreed, owner),
                        shared.json,
                        clock);
        sessions.put(session.id(), session);
        var result =
                McpSchema.InitializeResult.builder(
                                agreed,
                                McpMethods.capabilities(),
                                McpSchema.Implementation.builder("magic-proxy", version)
                                        .title("Magic Proxy")
                                        .build())
                        .instructions(INSTRUCTIONS)
                        .build();
        return new Outcome.Opened(
                session.id(),
                LogTransport.bytes(
                        shared.json, McpSchema.JSONRPCResponse.result(request.id(), result)));
    }

    /** Made once, and then told of every change. */
    private synchronized Ready ready() {
        if (ready.isEmpty()) {
            var json = new JacksonMcpJsonMapper(new ObjectMapper());
            var methods = new McpMethods(offer.get(), json);
            methods.tell(sessions::values);
            ready = Optional.of(new Ready(json, methods.handlers()));
        }
        return ready.get();
    }

    /** Warns all clients that listen to warnings; for what belongs to no request. */
    public void warn(String logger, String text) {
        sessions.values().forEach(session -> session.warn(logger, text));
    }

    /** Makes room for one more session, if one can be spared. */
    private boolean room() {
        if (sessions.size() < config.get().maxSessions()) {
            return true;
        }
        Optional<McpSession> idlest =
                sessions.values().stream()
                        .filter(session -> session.idle().isPositive())
                        .max(Comparator.comparing(McpSession::idle));
        idlest.ifPresent(session -> end(session, Cancellation.Reason.CLIENT_GONE));
        return idlest.isPresent();
    }

    private void end(McpSession session, Cancellation.Reason why) {
        if (sessions.remove(session.id(), session)) {
            session.close(why);
        }
    }

    private static String id() {
        byte[] bytes = new byte[ID_BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void sweep() {
        try {
            while (!closed.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                sweepOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sweepOnce() {
        try {
            McpConfig limits = config.get();
            for (McpSession session : sessions.values()) {
                session.sweep(limits.resumeWindow());
                if (session.idle().compareTo(limits.sessionIdle()) > 0) {
                    end(session, Cancellation.Reason.CLIENT_GONE);
                }
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a look at the MCP sessions failed", e);
        }
    }

    /** Takes nothing new, and ends the streams that would never end; calls go on. */
    public void drain() {
        draining = true;
        sessions.values().forEach(McpSession::hangUp);
    }

    @Override
    public void close() {
        draining = true;
        closed.countDown();
        sessions.values().forEach(session -> end(session, Cancellation.Reason.SHUTDOWN));
    }
}
