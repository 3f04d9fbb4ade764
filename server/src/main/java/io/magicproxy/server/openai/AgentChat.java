package io.magicproxy.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.server.http.ClientPresence;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.TagsHeader;
import io.magicproxy.server.sessions.SessionAnswers;
import io.magicproxy.session.EventWatch;
import io.magicproxy.session.Sessions;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.RunRecord;
import java.time.InstantSource;
import java.util.Optional;

/** A chat request to an agent: a run of its pattern, told as a chat answer. */
public final class AgentChat {
    private static final HeaderName SESSION = HeaderNames.create("x-magic-session");
    private static final HeaderName RUN = HeaderNames.create("x-magic-run");
    private static final HeaderName DETACH = HeaderNames.create("x-magic-detach");

    private final Sessions sessions;
    private final Heartbeats heartbeats;
    private final InstantSource clock;

    AgentChat(Sessions sessions, Heartbeats heartbeats, InstantSource clock) {
        this.sessions = sessions;
        this.heartbeats = heartbeats;
        this.clock = clock;
    }

    /** Answers; if the client leaves, the run is cancelled, unless it asked to detach. */
    void answer(ServerRequest request, ServerResponse response, RequestBody body, String alias)
            throws MalformedRequestException {
        TagsHeader.refuse(request);
        boolean detach =
                request.headers().first(DETACH).filter(value -> value.equals("true")).isPresent();
        ObjectNode chat = body.json();
        try {
            RunRecord run =
                    SessionAnswers.run(
                            sessions.start(
                                    SessionAnswers.caller(),
                                    AgentRequest.of(chat, alias),
                                    Optional.empty()));
            response.header(SESSION, SessionAnswers.shown(run.sessionId()))
                    .header(RUN, run.runId());
            var reply =
                    new AgentReply(
                            run,
                            new AgentReply.Frame(
                                    alias, body.includeUsage(), clock.instant().getEpochSecond()));
            var bell = new EventWatch.Bell();
            try (var watch = new EventWatch(sessions, run.sessionId(), 0, bell);
                    var _ = ClientPresence.current().onGone(reply.leave(bell))) {
                if (body.stream()) {
                    reply.stream(watch, response, heartbeats);
                } else {
                    reply.whole(watch, response);
                }
            } finally {
                if (reply.clientGone() && !detach) {
                    var _ =
                            sessions.cancel(
                                    SessionAnswers.caller(), SessionAnswers.shown(run.sessionId()));
                }
            }
        } catch (StoreException e) {
            throw SessionAnswers.unavailable(e);
        }
    }
}
