package io.magicproxy.mcp.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.magicproxy.chat.Json;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.SseReader;
import io.magicproxy.upstream.Timeouts;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamException;
import io.magicproxy.upstream.UpstreamReply;
import io.magicproxy.upstream.UpstreamRequest;
import io.magicproxy.upstream.UpstreamTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Streamable HTTP: each message is a POST, whose answer is JSON or a stream of events. */
final class HttpWire implements Wire {
    private static final Header BOTH =
            HeaderValues.createCached(HeaderNames.ACCEPT, "application/json, text/event-stream");
    private static final Header EVENTS =
            HeaderValues.createCached(HeaderNames.ACCEPT, "text/event-stream");
    private static final Header JSON =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    private static final String SESSION = "Mcp-Session-Id";
    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final Duration FOREVER = Duration.ofDays(3650);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(30);
    private static final int MAX_QUOTED = 200;
    private static final int RESUMES = 5;

    private final UpstreamClient client;
    private final UpstreamTarget target;
    private final Duration connect;
    private final Cancellation life = new Cancellation();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Optional<Receiver> receiver = Optional.empty();
    private volatile Optional<String> session = Optional.empty();
    private volatile Optional<String> protocol = Optional.empty();
    private volatile boolean hears = true;

    /**
     * @param connect how long connecting may take
     */
    HttpWire(UpstreamClient client, ServerSettings.Endpoint.Http server, Duration connect) {
        this.client = client;
        this.target = UpstreamTarget.of(server.uri(), headers(server.headers()), McpAddresses.BOOK);
        this.connect = connect;
    }

    private static List<Header> headers(Map<String, String> named) {
        List<Header> headers = new ArrayList<>();
        named.forEach((name, value) ->
                headers.add(HeaderValues.createCached(HeaderNames.create(name), value)));
        return headers;
    }

    @Override
    public void open(Receiver takes) {
        receiver = Optional.of(takes);
    }

    @Override
    public void ready(String agreed) {
        protocol = Optional.of(agreed);
        var _ = Thread.ofVirtual().name("mcp-listen-" + target.host()).start(this::listen);
    }

    @Override
    public boolean hears() {
        return hears;
    }

    @Override
    public String said() {
        return "";
    }

    @Override
    public void abandon(String id) {
        // Its cancellation has broken the connection that would bring the answer.
    }

    // ------------------------------------------------------------------ messages

    @Override
    public void send(Outgoing message) throws WireException {
        Cancellation outer = message.cancellation();
        var wanted = outer.remaining().map(Cancellation::new).orElseGet(Cancellation::new);
        try (var _ = outer.onCancel(() -> wanted.cancel(Cancellation.Reason.CLIENT_GONE));
                var _ = life.onCancel(() -> wanted.cancel(Cancellation.Reason.SHUTDOWN))) {
            send(message, wanted);
        } catch (UpstreamException e) {
            throw life.reason().isPresent()
                    ? new WireException(
                            WireException.Kind.LOST,
                            "the connection to " + target.host() + " was closed",
                            e)
                    : failure(e);
        }
    }

    private void send(Outgoing message, Cancellation wanted)
            throws UpstreamException, WireException {
        var request =
                new UpstreamRequest(
                        Method.POST, target, headers(BOTH, JSON), message.json(), unhurried());
        try (UpstreamReply reply = client.send(request, wanted)) {
            check(reply);
            session = session.or(() -> reply.header(SESSION));
            answered(reply, message, wanted);
        }
    }

    /** The caller's cancellation has the deadline. */
    private Timeouts unhurried() {
        return new Timeouts(connect, FOREVER, FOREVER);
    }

    private List<Header> headers(Header... own) {
        List<Header> headers = new ArrayList<>(List.of(own));
        session.ifPresent(id -> headers.add(HeaderValues.create(HeaderNames.create(SESSION), id)));
        protocol.ifPresent(version ->
                headers.add(
                        HeaderValues.create(HeaderNames.create("MCP-Protocol-Version"), version)));
        return headers;
    }

    private void answered(UpstreamReply reply, Outgoing message, Cancellation wanted)
            throws UpstreamException, WireException {
        String type = type(reply);
        if (!message.wantsAnswer()) {
            reply.drain();
        } else if (type.equals("application/json")) {
            json(reply.body(MAX_MESSAGE), message);
        } else if (type.equals("text/event-stream")) {
            events(reply, message, wanted);
        } else {
            throw new WireException(
                    WireException.Kind.LOST,
                    target.host()
                            + " answers with "
                            + (type.isEmpty() ? "nothing" : type)
                            + ", not with JSON or a stream of events; is this the address of an MCP"
                            + " server? "
                            + quoted(reply));
        }
    }

    private static String type(UpstreamReply reply) {
        String type = reply.header(HeaderNames.CONTENT_TYPE).orElse("");
        return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private void json(byte[] body, Outgoing message) throws WireException {
        JsonNode read = read(body);
        // The protocol allowed several in one for a while.
        List<JsonNode> all = read.isArray() ? read.valueStream().toList() : List.of(read);
        boolean answered = false;
        for (JsonNode one : all) {
            if (one instanceof ObjectNode object) {
                answered |= isAnswer(object, message.id());
                deliver(object);
            }
        }
        if (!answered) {
            throw nonsense();
        }
    }

    private JsonNode read(byte[] body) throws WireException {
        try {
            return Json.read(body);
        } catch (JsonProcessingException e) {
            throw nonsense();
        }
    }

    private WireException nonsense() {
        return new WireException(
                WireException.Kind.LOST,
                target.host() + " answers with what is no message of the protocol");
    }

    private static boolean isAnswer(ObjectNode message, String id) {
        return !message.has("method") && message.path("id").asText().equals(id);
    }

    private void deliver(ObjectNode message) {
        receiver.ifPresent(takes -> takes.message(message));
    }

    // ------------------------------------------------------------------ streams

    /** A stream that ends before the answer is gone on with, if its events have ids. */
    private void events(UpstreamReply first, Outgoing message, Cancellation wanted)
            throws UpstreamException, WireException {
        var place = new EventPlace();
        if (until(first, message.id(), place)) {
            return;
        }
        for (int left = RESUMES; left > 0 && place.id().isPresent(); left--) {
            int before = place.events();
            pause(place.pause(), wanted);
            try (UpstreamReply more = reopened(place, wanted)) {
                if (until(more, message.id(), place)) {
                    return;
                }
            }
            left = place.events() > before ? RESUMES : left;
        }
        throw new WireException(
                WireException.Kind.LOST, target.host() + " ended the stream before the answer");
    }

    /** Reads until the answer, or the stream's end. */
    private boolean until(UpstreamReply reply, String id, EventPlace place)
            throws UpstreamException, WireException {
        var events = new SseReader(reply, MAX_MESSAGE);
        while (await(events, place)) {
            for (var event = events.poll(); event.isPresent(); event = events.poll()) {
                place.saw(event.get().raw().text());
                String data = event.get().data().text();
                if (!data.isBlank() && read(data.getBytes(UTF_8)) instanceof ObjectNode object) {
                    boolean answer = isAnswer(object, id);
                    deliver(object);
                    if (answer) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** A broken connection is an end of the stream, if one can come back to it. */
    private static boolean await(SseReader events, EventPlace place) throws UpstreamException {
        try {
            return events.await();
        } catch (UpstreamException e) {
            boolean broken =
                    e.kind() == UpstreamException.Kind.RESET
                            || e.kind() == UpstreamException.Kind.PROTOCOL;
            if (broken && place.id().isPresent()) {
                return false;
            }
            throw e;
        }
    }

    private UpstreamReply reopened(EventPlace place, Cancellation wanted)
            throws UpstreamException, WireException {
        List<Header> headers = headers(EVENTS);
        place.id()
                .ifPresent(id ->
                        headers.add(HeaderValues.create(HeaderNames.create("Last-Event-ID"), id)));
        UpstreamReply reply =
                client.send(UpstreamRequest.get(target, headers, unhurried()), wanted);
        try {
            check(reply);
            return reply;
        } catch (WireException e) {
            reply.close();
            // What was asked was taken long ago.
            throw new WireException(WireException.Kind.LOST, e.text(), e);
        }
    }

    /** What belongs to no request; a server need not offer it. */
    private void listen() {
        var place = new EventPlace();
        int failures = 0;
        while (closed.getCount() > 0 && hears) {
            try (UpstreamReply reply =
                    client.send(
                            UpstreamRequest.get(target, listenHeaders(place), unhurried()), life)) {
                if (reply.status() != 200 || !type(reply).equals("text/event-stream")) {
                    hears = false;
                    return;
                }
                failures = 0;
                until(reply, "", place);
            } catch (UpstreamException | WireException e) {
                failures++;
                receiver.filter(_ -> closed.getCount() > 0).ifPresent(Receiver::suspect);
            }
            pauseListening(place, failures);
        }
    }

    private List<Header> listenHeaders(EventPlace place) {
        List<Header> headers = headers(EVENTS);
        place.id()
                .ifPresent(id ->
                        headers.add(HeaderValues.create(HeaderNames.create("Last-Event-ID"), id)));
        return headers;
    }

    private void pauseListening(EventPlace place, int failures) {
        Duration pause = place.pause().multipliedBy(1L << Math.min(failures, 5));
        try {
            pause(pause.compareTo(MAX_PAUSE) < 0 ? pause : MAX_PAUSE, life);
        } catch (WireException e) {
            // Closed: the loop sees it.
        }
    }

    private void pause(Duration time, Cancellation wanted) throws WireException {
        var woken = new CountDownLatch(1);
        try (var _ = wanted.onCancel(woken::countDown)) {
            var _ = woken.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (wanted.reason().isPresent()) {
            throw new WireException(WireException.Kind.CANCELLED, "the call was given up");
        }
    }

    // ------------------------------------------------------------------ failures

    private void check(UpstreamReply reply) throws WireException {
        int status = reply.status();
        if (status >= 200 && status < 300) {
            return;
        }
        if (status == 404 && session.isPresent()) {
            throw new WireException(
                    WireException.Kind.FORGOTTEN, target.host() + " has forgotten the session");
        }
        throw new WireException(
                // 503: it is shutting down, and takes nothing.
                status >= 500 && status != 503
                        ? WireException.Kind.LOST
                        : WireException.Kind.NOT_TAKEN,
                target.host() + " answers with " + status + remedy(reply) + quoted(reply));
    }

    private static String remedy(UpstreamReply reply) {
        return switch (reply.status()) {
            case 401, 403 -> "; check headers. ";
            case 404, 405 -> "; is this the address of an MCP server? ";
            case 301, 302, 303, 307, 308 ->
                    "; redirects are not followed, since headers may hold secrets: correct url. ";
            default -> ". ";
        };
    }

    /** What a person can read of the answer. */
    private static String quoted(UpstreamReply reply) {
        try {
            String text = new String(reply.body(64 * 1024), UTF_8).strip();
            String line = text.replaceAll("\\s+", " ");
            return line.length() > MAX_QUOTED ? line.substring(0, MAX_QUOTED) + "…" : line;
        } catch (UpstreamException e) {
            return "";
        }
    }

    private static WireException failure(UpstreamException e) {
        WireException.Kind kind =
                switch (e.kind()) {
                    case CONNECT, CONNECT_TIMEOUT, FORBIDDEN_ADDRESS, TLS ->
                            WireException.Kind.NOT_TAKEN;
                    case CANCELLED -> WireException.Kind.CANCELLED;
                    case TOO_LARGE -> WireException.Kind.TOO_LARGE;
                    case RESET, RESPONSE_TIMEOUT, TOTAL_TIMEOUT, PROTOCOL ->
                            WireException.Kind.LOST;
                };
        return new WireException(
                kind, String.valueOf(e.getMessage()).replace("check api_base", "check url"), e);
    }

    @Override
    public void close() {
        closed.countDown();
        life.cancel(Cancellation.Reason.SHUTDOWN);
        if (session.isPresent()) {
            var _ = Thread.ofVirtual().name("mcp-farewell").start(this::farewell);
        }
    }

    /** Not all servers want to hear it, and one that is gone can't. */
    private void farewell() {
        var request =
                new UpstreamRequest(
                        Method.DELETE,
                        target,
                        headers(),
                        new byte[0],
                        new Timeouts(FAREWELL, FAREWELL, FAREWELL));
        try (UpstreamReply reply = client.send(request, new Cancellation(FAREWELL))) {
            reply.drain();
        } catch (UpstreamException e) {
            // It ends the session by itself some time.
        }
    }
}
