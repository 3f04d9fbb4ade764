package io.magicproxy.server.sessions;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.SecurityConfig;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.BodyReader;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.SseWriter;
import io.magicproxy.session.EventWatch;
import io.magicproxy.session.Sessions;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.SessionRecord;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Begins, watches and steers reasoning sessions. */
public final class SessionsApi implements HttpService {
    private static final HeaderName SESSION = HeaderNames.create("x-magic-session");
    private static final HeaderName RUN = HeaderNames.create("x-magic-run");
    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("idempotency-key");
    private static final byte[] OPENING =
            ": \n\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int MAX_KEY = 200;

    private final Gateway gateway;
    private final Sessions sessions;
    private final BodyReader bodies;
    private final Heartbeats heartbeats;

    public SessionsApi(
            Gateway gateway, Sessions sessions, BodyReader bodies, Heartbeats heartbeats) {
        this.gateway = gateway;
        this.sessions = sessions;
        this.bodies = bodies;
        this.heartbeats = heartbeats;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/", stored(this::create))
                .get("/", stored(this::list))
                .get("/events", stored(this::severalEvents))
                .get("/{id}", stored(this::show))
                .delete("/{id}", stored(this::delete))
                .get("/{id}/events", stored(this::events))
                .post("/{id}/cancel", stored(this::cancel))
                .post("/{id}/resume", stored(this::resume))
                .post("/{id}/fork", stored(this::fork));
    }

    /** A handler that needs the store. */
    @FunctionalInterface
    private interface Stored {
        void handle(ServerRequest request, ServerResponse response)
                throws StoreException, MalformedRequestException;
    }

    private static Handler stored(Stored handler) {
        return (request, response) -> {
            try {
                handler.handle(request, response);
            } catch (StoreException e) {
                throw SessionAnswers.unavailable(e);
            }
        };
    }

    private void create(ServerRequest request, ServerResponse response)
            throws MalformedRequestException, StoreException {
        ObjectNode body = body(request);
        Optional<String> key = request.headers().first(IDEMPOTENCY_KEY);
        if (key.isPresent() && (key.get().isBlank() || key.get().length() > MAX_KEY)) {
            throw new ApiException(
                    ApiError.invalidRequest(
                            "Idempotency-Key must have 1 to " + MAX_KEY + " characters",
                            Optional.empty()));
        }
        answer(
                SessionAnswers.run(sessions.start(SessionAnswers.caller(), body, key)),
                body,
                response,
                0);
    }

    /** The run's events, or its answer once it has ended. */
    private void answer(RunRecord run, ObjectNode body, ServerResponse response, long after)
            throws StoreException {
        response.header(SESSION, run.sessionId()).header(RUN, run.runId());
        if (body.path("stream").asBoolean(true)) {
            long from = after > 0 ? after : SessionAnswers.before(sessions, run);
            stream(List.of(run.sessionId()), List.of(from), response);
        } else {
            RunRecord ended = SessionAnswers.ended(sessions, run);
            response.header(HeaderValues.CONTENT_TYPE_JSON)
                    .send(Json.bytes(SessionJson.answer(SessionAnswers.answered(ended))));
        }
    }

    private void list(ServerRequest request, ServerResponse response) throws StoreException {
        ListQuery query = new ListQuery(request.query());
        List<SessionRecord> found = sessions.sessions(SessionAnswers.caller(), query.filter());
        ObjectNode answer = Json.object().put("object", "list");
        ArrayNode data = answer.putArray("data");
        found.forEach(session -> data.add(SessionJson.session(session)));
        answer.put(
                "next_before",
                found.size() < query.limit() ? null : found.getLast().changedAt().toString());
        json(response, answer);
    }

    private void show(ServerRequest request, ServerResponse response) throws StoreException {
        SessionRecord session = session(id(request));
        ListQuery query = new ListQuery(request.query());
        List<RunRecord> runs = sessions.runs(session.sessionId());
        ObjectNode answer = SessionJson.session(session);
        ArrayNode all = answer.putArray("run_list");
        runs.forEach(run -> all.add(SessionJson.run(run)));
        Optional<RunRecord> chosen =
                query.number("run")
                        .map(number ->
                                runs.stream().filter(run -> run.number() == number).findFirst())
                        .orElseGet(() -> Optional.of(runs.getLast()));
        if (chosen.isPresent()) {
            journal(answer, chosen.get(), query);
        }
        json(response, answer);
    }

    private void journal(ObjectNode answer, RunRecord run, ListQuery query) throws StoreException {
        List<EntryRecord> entries = sessions.entries(run.runId());
        int from = (int) Math.min(query.number("after").orElse(0L), entries.size());
        int to = Math.min(from + query.limit(), entries.size());
        ObjectNode journal = answer.putObject("journal").put("run", run.number());
        ArrayNode page = journal.putArray("entries");
        entries.subList(from, to).forEach(entry -> page.add(SessionJson.entry(entry)));
        journal.put("total", entries.size()).put("next_after", to < entries.size() ? to : null);
        ArrayNode steps = answer.putArray("steps");
        for (EventRecord event : sessions.eventsOf(run.runId())) {
            if (event.type().equals("StepStart")) {
                ObjectNode step = (ObjectNode) SessionJson.read(event.payloadJson());
                steps.add(step.put("seq", event.seq()));
            }
        }
    }

    private void events(ServerRequest request, ServerResponse response) throws StoreException {
        SessionRecord session = session(id(request));
        long after = new ListQuery(request.query()).number("after").orElse(0L);
        Optional<String> last = request.headers().first(HeaderNames.create("last-event-id"));
        if (last.isPresent()) {
            after = ListQuery.position(last.get());
        }
        if (after >= session.lastSeq() && !session.state().open()) {
            // The answer that keeps a browser's EventSource from asking again.
            response.status(Status.NO_CONTENT_204).send();
            return;
        }
        stream(List.of(session.sessionId()), List.of(after), response);
    }

    private void severalEvents(ServerRequest request, ServerResponse response)
            throws StoreException {
        List<String> ids = new ListQuery(request.query()).ids();
        for (String id : ids) {
            var _ = session(id);
        }
        Optional<String> last = request.headers().first(HeaderNames.create("last-event-id"));
        List<Long> positions =
                ids.stream()
                        .map(id -> last.map(l -> ListQuery.position(l, id)).orElse(0L))
                        .toList();
        stream(ids, positions, response);
    }

    private void stream(List<String> ids, List<Long> after, ServerResponse response)
            throws StoreException {
        var bell = new EventWatch.Bell();
        List<EventWatch> watches = new ArrayList<>();
        try {
            for (int i = 0; i < ids.size(); i++) {
                watches.add(new EventWatch(sessions, ids.get(i), after.get(i), bell));
            }
            try (SseWriter writer = new SseWriter(response, heartbeats)) {
                writer.write(OPENING, 0, OPENING.length);
                new EventPump(watches, bell).run(writer);
            }
        } catch (UncheckedIOException e) {
            throw new CloseConnectionException("the client has left the stream", e);
        } finally {
            watches.forEach(EventWatch::close);
        }
    }

    private void cancel(ServerRequest request, ServerResponse response) throws StoreException {
        json(
                response,
                SessionJson.run(
                        SessionAnswers.run(sessions.cancel(SessionAnswers.caller(), id(request)))));
    }

    private void resume(ServerRequest request, ServerResponse response)
            throws StoreException, MalformedRequestException {
        ObjectNode body = optionalBody(request);
        SessionRecord session = session(id(request));
        RunRecord run =
                SessionAnswers.run(sessions.resume(SessionAnswers.caller(), session.sessionId()));
        answer(run, body, response, session.lastSeq());
    }

    private void fork(ServerRequest request, ServerResponse response)
            throws StoreException, MalformedRequestException {
        ObjectNode body = body(request);
        answer(
                SessionAnswers.run(sessions.fork(SessionAnswers.caller(), id(request), body)),
                body,
                response,
                0);
    }

    private void delete(ServerRequest request, ServerResponse response) throws StoreException {
        Result result = sessions.delete(SessionAnswers.caller(), id(request));
        RunRecord run = SessionAnswers.run(result);
        json(
                response,
                Json.object()
                        .put("id", run.sessionId())
                        .put("object", "session.deleted")
                        .put("deleted", true));
    }

    private SessionRecord session(String id) throws StoreException {
        return sessions.session(SessionAnswers.caller(), id)
                .orElseThrow(() -> new ApiException(SessionAnswers.unknown()));
    }

    private static String id(ServerRequest request) {
        return request.path().pathParameters().get("id");
    }

    private ObjectNode body(ServerRequest request) throws MalformedRequestException {
        SecurityConfig limits = gateway.current().config().securitySettings();
        byte[] bytes = bodies.json(request, limits.maxBody().asInt(), limits.requestReadTimeout());
        return gateway.current().scanner().scan(bytes).json();
    }

    private ObjectNode optionalBody(ServerRequest request) throws MalformedRequestException {
        return request.content().hasEntity() ? body(request) : Json.object();
    }

    private static void json(ServerResponse response, ObjectNode body) {
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(body));
    }
}
