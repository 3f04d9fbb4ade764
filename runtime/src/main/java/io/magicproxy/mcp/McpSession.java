package io.magicproxy.mcp;

import io.magicproxy.mcp.Outcome.Reason;
import io.magicproxy.upstream.Cancellation;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One client's session: its calls, its streams, and what it wants to hear of. */
final class McpSession {
    private static final Logger LOG = System.getLogger(McpSession.class.getName());
    private static final int MAX_CALLS = 64;
    private static final int MAX_ENDED = 16;
    private static final int MAX_SUBSCRIPTIONS = 1000;

    /** Where the SDK carries our call to our handlers. */
    static final String CALL = "call";

    private final McpStreamableServerSession sdk;
    private final McpJsonMapper json;
    private final InstantSource clock;
    private final boolean resumable;
    private final EventLog standing;
    private final Map<Object, RunningCall> calls = new ConcurrentHashMap<>();
    private final SequencedMap<Integer, RunningCall> streams = new LinkedHashMap<>();
    private final Set<String> subscriptions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger streamNumbers = new AtomicInteger();
    private volatile Instant used;
    private volatile boolean closed;

    private final String owner;

    /**
     * How it was opened.
     *
     * @param protocol that was agreed on
     * @param owner on whose account
     */
    record Terms(String protocol, String owner) {}

    McpSession(
            McpStreamableServerSession sdk, Terms terms, McpJsonMapper json, InstantSource clock) {
        this.sdk = sdk;
        this.json = json;
        this.owner = terms.owner();
        this.clock = clock;
        this.resumable = Protocol.knowsEmptyEvents(terms.protocol());
        this.standing = new EventLog(streamNumbers.getAndIncrement(), clock);
        this.used = clock.instant();
        var _ = sdk.listeningStream(new LogTransport(standing, json, () -> false));
    }

    String id() {
        return sdk.getId();
    }

    String owner() {
        return owner;
    }

    Outcome take(Incoming message) {
        used = clock.instant();
        return switch (message) {
            case Incoming.Request request -> called(request);
            case Incoming.Notification notification -> noticed(notification);
            case Incoming.Answer answer -> answered(answer);
            case Incoming.Malformed(String reason) -> malformed(reason);
        };
    }

    private static Outcome malformed(String reason) {
        return new Outcome.Refused(Reason.MALFORMED, McpSchema.ErrorCodes.INVALID_REQUEST, reason);
    }

    private Outcome called(Incoming.Request request) {
        if (calls.size() >= MAX_CALLS) {
            return new Outcome.Refused(
                    Reason.BUSY,
                    Protocol.SERVER_ERROR,
                    MAX_CALLS + " requests of this session are under way; wait for one to end");
        }
        var call =
                new RunningCall(
                        this, request, new EventLog(streamNumbers.getAndIncrement(), clock));
        if (calls.putIfAbsent(request.id(), call) != null) {
            return malformed("a request with this id is under way; give each its own");
        }
        synchronized (streams) {
            streams.put(call.log().number(), call);
        }
        if (closed) {
            // It was closed meanwhile, and did not see this call.
            call.cancellation().cancel(Cancellation.Reason.CLIENT_GONE);
        }
        EventReader reader = call.log().open(resumable);
        var _ = Thread.ofVirtual().name("mcp-call").start(() -> call.trace().run(() -> run(call)));
        return new Outcome.Following(reader);
    }

    private void run(RunningCall call) {
        Incoming.Request request = call.request();
        try {
            sdk.responseStream(new LogTransport(call.log(), json, call::takenBack))
                    .handle(
                            new McpSchema.JSONRPCRequest(
                                    request.method(), request.id(), request.params()))
                    .contextWrite(context ->
                            context.put(
                                    McpTransportContext.KEY,
                                    McpTransportContext.create(Map.of(CALL, call))))
                    .block();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "an MCP request failed", e);
        } finally {
            calls.remove(request.id(), call);
            call.log().end();
            used = clock.instant();
            forgetEnded(call);
        }
    }

    /** An answer that went out alone can't be asked for again; of others the last few are kept. */
    private void forgetEnded(RunningCall call) {
        synchronized (streams) {
            if (!call.log().resumable()) {
                streams.remove(call.log().number());
            }
            List<Integer> ended =
                    streams.values().stream()
                            .map(RunningCall::log)
                            .filter(EventLog::ended)
                            .map(EventLog::number)
                            .toList();
            for (int i = 0; i < ended.size() - MAX_ENDED; i++) {
                streams.remove(ended.get(i));
            }
        }
    }

    private Outcome noticed(Incoming.Notification notification) {
        if (notification.method().equals("notifications/cancelled")) {
            Incoming.id(notification.params().path("requestId"))
                    .map(calls::get)
                    .ifPresent(RunningCall::takeBack);
        }
        return new Outcome.Taken();
    }

    private Outcome answered(Incoming.Answer answer) {
        JSONRPCResponse response =
                answer.error()
                        .map(error ->
                                JSONRPCResponse.error(
                                        answer.id(),
                                        new JSONRPCResponse.JSONRPCError(
                                                error.path("code").asInt(),
                                                error.path("message").asText(),
                                                error.get("data"))))
                        .orElseGet(() -> JSONRPCResponse.result(answer.id(), answer.result()));
        try {
            sdk.accept(response).block();
            return new Outcome.Taken();
        } catch (McpError e) {
            return malformed("nobody waits for this answer: its id is not one of our requests'");
        }
    }

    /** The stream of what belongs to no request. */
    Outcome listen() {
        used = clock.instant();
        return new Outcome.Following(standing.open(resumable));
    }

    /** Goes on with a stream after the event of this id. */
    Outcome resume(String lastEventId) {
        used = clock.instant();
        int dash = lastEventId.indexOf('-');
        try {
            int number = Integer.parseInt(lastEventId.substring(0, Math.max(0, dash)));
            long place = Long.parseLong(lastEventId.substring(dash + 1));
            Optional<EventLog> log = log(number);
            if (log.isPresent()) {
                return new Outcome.Following(log.get().open(place, resumable));
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        return malformed(
                "Last-Event-ID is not of a stream that can be resumed; its call has ended or was given up");
    }

    private Optional<EventLog> log(int number) {
        if (number == standing.number()) {
            return Optional.of(standing);
        }
        synchronized (streams) {
            return Optional.ofNullable(streams.get(number)).map(RunningCall::log);
        }
    }

    /** Tells the client something that belongs to no request. */
    void tell(McpSchema.JSONRPCNotification notification) {
        standing.appendOnce(LogTransport.bytes(json, notification));
    }

    void warn(String logger, String text) {
        if (sdk.isNotificationForLevelAllowed(McpSchema.LoggingLevel.WARNING)) {
            tell(
                    new McpSchema.JSONRPCNotification(
                            McpSchema.METHOD_NOTIFICATION_MESSAGE,
                            McpSchema.LoggingMessageNotification.builder(
                                            McpSchema.LoggingLevel.WARNING, text)
                                    .logger(logger)
                                    .build()));
        }
    }

    void minLevel(McpSchema.LoggingLevel level) {
        sdk.setMinLoggingLevel(level);
    }

    /** False if it has too many already. */
    boolean subscribe(String uri) {
        if (subscriptions.size() >= MAX_SUBSCRIPTIONS) {
            return subscriptions.contains(uri);
        }
        subscriptions.add(uri);
        return true;
    }

    void unsubscribe(String uri) {
        subscriptions.remove(uri);
    }

    boolean subscribed(String uri) {
        return subscriptions.contains(uri);
    }

    int calls() {
        return calls.size();
    }

    /** How long nobody has used it; zero while a call or a stream is under way. */
    Duration idle() {
        return calls.isEmpty() && standing.unread().isPresent()
                ? Duration.between(used, clock.instant())
                : Duration.ZERO;
    }

    /** Gives up the calls whose clients have not come back in time. */
    void sweep(Duration resumeWindow) {
        for (RunningCall call : calls.values()) {
            if (call.log().unread().filter(time -> time.compareTo(resumeWindow) > 0).isPresent()) {
                call.log().abandon();
            }
        }
        synchronized (streams) {
            streams.values()
                    .removeIf(call ->
                            call.log().ended()
                                    && call.log()
                                            .unread()
                                            .filter(time -> time.compareTo(resumeWindow) > 0)
                                            .isPresent());
        }
    }

    /** Ends the stream that would never end by itself. */
    void hangUp() {
        standing.hangUp();
    }

    void close(Cancellation.Reason why) {
        closed = true;
        calls.values().forEach(call -> call.cancellation().cancel(why));
        standing.end();
        sdk.close();
    }
}
