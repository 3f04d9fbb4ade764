package io.magicproxy.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.chat.RequestBody;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.ClientPresence;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.SseWriter;
import io.magicproxy.server.sessions.SessionAnswers;
import io.magicproxy.session.EventWatch;
import io.magicproxy.session.Sessions;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A chat request to an agent: a run of its pattern, told as a chat answer. */
public final class AgentChat {
    private static final HeaderName SESSION = HeaderNames.create("x-magic-session");
    private static final HeaderName RUN = HeaderNames.create("x-magic-run");
    private static final HeaderName DETACH = HeaderNames.create("x-magic-detach");
    private static final Duration LOOK = Duration.ofSeconds(2);

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
            response.header(SESSION, run.sessionId()).header(RUN, run.runId());
            var told = new Told(run, alias, body.includeUsage(), clock.instant().getEpochSecond());
            var bell = new EventWatch.Bell();
            try (var watch = new EventWatch(sessions, run.sessionId(), 0, bell);
                    var _ = ClientPresence.current().onGone(told.leave(bell))) {
                if (body.stream()) {
                    told.stream(watch, response);
                } else {
                    told.whole(watch, response);
                }
            } finally {
                if (told.gone && !detach) {
                    var _ = sessions.cancel(SessionAnswers.caller(), run.sessionId());
                }
            }
        } catch (StoreException e) {
            throw SessionAnswers.unavailable(e);
        }
    }

    /** One answer on its way. */
    private final class Told {
        private final RunRecord run;
        private final String alias;
        private final boolean usage;
        private final long created;
        private final AgentTranscript transcript = new AgentTranscript();
        private String sentAnswer = "";
        private int sentThoughts;
        private volatile boolean gone;

        Told(RunRecord run, String alias, boolean usage, long created) {
            this.run = run;
            this.alias = alias;
            this.usage = usage;
            this.created = created;
        }

        Runnable leave(EventWatch.Bell bell) {
            return () -> {
                gone = true;
                bell.ring();
            };
        }

        /** Takes in what is new; waits for it if need be. */
        private void more(EventWatch watch) throws StoreException {
            List<EventRecord> events = watch.read();
            if (events.isEmpty()) {
                watch.await(LOOK);
                events = watch.read();
            }
            for (EventRecord event : events) {
                if (event.runId().equals(run.runId())) {
                    transcript.take(event, SessionAnswers.payload(event));
                }
            }
        }

        void whole(EventWatch watch, ServerResponse response) throws StoreException {
            while (transcript.ending().isEmpty() && !gone) {
                more(watch);
            }
            if (gone) {
                throw new CloseConnectionException(
                        "the client has left", new java.io.IOException());
            }
            AgentTranscript.Ending end = transcript.ending().orElseThrow();
            if (!end.answered()) {
                throw new ApiException(SessionAnswers.error(end.payload()));
            }
            ObjectNode answer = frame("chat.completion");
            ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
            ObjectNode message = choice.putObject("message").put("role", "assistant");
            message.put("content", end.payload().path("text").asText());
            if (!transcript.thoughts().isEmpty()) {
                message.put("reasoning_content", transcript.thoughts());
            }
            choice.put("finish_reason", "stop");
            answer.set("usage", end.payload().path("usage"));
            response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(answer));
        }

        void stream(EventWatch watch, ServerResponse response) throws StoreException {
            // Until a worker has the run, a failure is an HTTP status.
            while (watch.position() == 0 && !gone) {
                more(watch);
            }
            failEarly();
            try (SseWriter writer = new SseWriter(response, heartbeats)) {
                write(writer, delta(Json.object().put("role", "assistant").put("content", "")));
                boolean whole = true;
                while (whole && !gone && transcript.ending().isEmpty()) {
                    whole = forward(writer);
                    if (whole && transcript.ending().isEmpty()) {
                        more(watch);
                    }
                }
                if (!gone && whole && forward(writer)) {
                    end(writer, transcript.ending().orElseThrow());
                }
            } catch (UncheckedIOException e) {
                gone = true;
                throw new CloseConnectionException("the client has left the stream", e);
            }
        }

        private void failEarly() {
            Optional<AgentTranscript.Ending> end = transcript.ending();
            if (end.isPresent() && !end.get().answered() && transcript.answer().isEmpty()) {
                throw new ApiException(SessionAnswers.error(end.get().payload()));
            }
        }

        /** False if the answer has turned into another one than what was sent of it. */
        private boolean forward(SseWriter writer) {
            String thoughts = transcript.thoughts();
            if (thoughts.length() > sentThoughts) {
                write(
                        writer,
                        delta(
                                Json.object()
                                        .put(
                                                "reasoning_content",
                                                thoughts.substring(sentThoughts))));
                sentThoughts = thoughts.length();
            }
            String answer = transcript.answer();
            if (answer.length() < sentAnswer.length()
                    ? sentAnswer.startsWith(answer)
                    : answer.startsWith(sentAnswer)) {
                if (answer.length() > sentAnswer.length()) {
                    write(
                            writer,
                            delta(
                                    Json.object()
                                            .put(
                                                    "content",
                                                    answer.substring(sentAnswer.length()))));
                    sentAnswer = answer;
                }
                return true;
            }
            writer.error(
                    ApiError.of(
                            502,
                            "agent_error",
                            "answer_interrupted",
                            "a model broke off in its answer and began another one; the session "
                                    + run.sessionId()
                                    + " goes on and will hold the whole answer"));
            return false;
        }

        private void end(SseWriter writer, AgentTranscript.Ending end) {
            if (!end.answered()) {
                writer.error(SessionAnswers.error(end.payload()));
                return;
            }
            ObjectNode last = delta(Json.object());
            ((ObjectNode) last.path("choices").get(0)).put("finish_reason", "stop");
            write(writer, last);
            if (usage) {
                ObjectNode used = frame("chat.completion.chunk");
                used.putArray("choices");
                used.set("usage", end.payload().path("usage"));
                write(writer, used);
            }
            writer.done();
        }

        private ObjectNode delta(ObjectNode delta) {
            ObjectNode chunk = frame("chat.completion.chunk");
            ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
            choice.set("delta", delta);
            choice.putNull("finish_reason");
            return chunk;
        }

        private ObjectNode frame(String object) {
            return Json.object()
                    .put("id", "chatcmpl-" + run.runId())
                    .put("object", object)
                    .put("created", created)
                    .put("model", alias);
        }

        private void write(SseWriter writer, JsonNode chunk) {
            byte[] bytes = ("data: " + Json.text(chunk) + "\n\n").getBytes(UTF_8);
            writer.write(bytes, 0, bytes.length);
        }
    }
}
