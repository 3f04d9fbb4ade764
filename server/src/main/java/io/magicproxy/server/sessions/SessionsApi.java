package io.magicproxy.server.sessions;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
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
import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.server.http.TagsHeader;
import io.magicproxy.session.Sessions;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.Journal.SessionRecord;
import java.util.List;
import java.util.Optional;

/** Begins, watches and steers reasoning sessions. */
public final class SessionsApi implements HttpService {
    private static final HeaderName SESSION = HeaderNames.create("x-magic-session");
    private static final HeaderName RUN = HeaderNames.create("x-magic-run");
    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("idempotency-key");
    private static final String STREAM = "stream";
    private static final int MAX_KEY = 200;

    private final Gateway gateway;
    private final Sessions sessions;
    private final BodyReader bodies;
    private final EventStreams streams;

    public SessionsApi(
            Gateway gateway, Sessions sessions, BodyReader bodies, Heartbeats heartbeats) {
        this.gateway = gateway;
        this.sessions = sessions;
        this.bodies = bodies;
        this.streams = new EventStreams(sessions, heartbeats);
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
        TagsHeader.refuse(request);
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
        RequestInfo.current().alias(run.alias());
        response.header(SESSION, SessionAnswers.shown(run.sessionId())).header(RUN, run.runId());
        if (body.path(STREAM).asBoolean(true)) {
            long from = after > 0 ? after : SessionAnswers.before(sessions, run);
            streams.send(List.of(run.sessionId()), List.of(from), response);
            return;
        }
        RunRecord ended = SessionAnswers.ended(sessions, run);
        if (ended.state() != RunState.ANSWERED) {
            String result = ended.resultJson().isEmpty() ? "{}" : ended.resultJson();
            throw RunErrors.thrown(response, SessionJson.read(result));
        }
        json(response, SessionJson.answer(ended));
    }

    private void list(ServerRequest request, ServerResponse response) throws StoreException {
        var query = new ListQuery(request.query(), ListQuery.FILTERS);
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
        var query = new ListQuery(request.query(), SessionView.PARAMETERS);
        json(response, new SessionView(sessions, session).json(query));
    }

    private void events(ServerRequest request, ServerResponse response) throws StoreException {
        streams.one(request, response, session(id(request)));
    }

    private void severalEvents(ServerRequest request, ServerResponse response)
            throws StoreException {
        streams.several(request, response, this::session);
    }

    private void cancel(ServerRequest request, ServerResponse response) throws StoreException {
        RunRecord run = SessionAnswers.run(sessions.cancel(SessionAnswers.caller(), id(request)));
        json(response, SessionJson.run(SessionAnswers.endedSoon(sessions, run)));
    }

    private void resume(ServerRequest request, ServerResponse response)
            throws StoreException, MalformedRequestException {
        ObjectNode body = optionalBody(request);
        for (var field : body.properties()) {
            if (!field.getKey().equals(STREAM) || !field.getValue().isBoolean()) {
                throw new MalformedRequestException(
                        field.getKey(),
                        "can't be given: a run is resumed as it was begun, only \"stream\" may be"
                                + " true or false; fork it to change something");
            }
        }
        SessionRecord session = session(id(request));
        RunRecord run = SessionAnswers.run(sessions.resume(SessionAnswers.caller(), id(request)));
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
                        .put("id", SessionAnswers.shown(run.sessionId()))
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
