package io.magicproxy.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.chat.Json;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.SseWriter;
import io.magicproxy.server.sessions.RunErrors;
import io.magicproxy.server.sessions.SessionAnswers;
import io.magicproxy.session.EventWatch;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One run on its way to a chat client, whole or streamed. */
final class AgentReply {
    private static final Duration LOOK = Duration.ofSeconds(2);

    /** So long a failure can still be an HTTP status; then the stream must show that it lives. */
    private static final Duration MAX_SILENCE = Duration.ofSeconds(10);

    private final RunRecord run;
    private final Frame frame;
    private final AgentTranscript transcript = new AgentTranscript();
    private final SentAnswer sent = new SentAnswer();
    private volatile boolean gone;

    /**
     * What each part of the answer names.
     *
     * @param usage whether the stream is to end with it
     * @param created in seconds since the epoch
     */
    record Frame(String alias, boolean usage, long created) {}

    AgentReply(RunRecord run, Frame frame) {
        this.run = run;
        this.frame = frame;
    }

    Runnable leave(EventWatch.Bell bell) {
        return () -> {
            gone = true;
            bell.ring();
        };
    }

    boolean clientGone() {
        return gone;
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
        if (transcript.ending().isEmpty()) {
            throw new CloseConnectionException("the client has left", new IOException());
        }
        AgentTranscript.Ending end = transcript.ending().get();
        if (!end.answered()) {
            throw RunErrors.thrown(response, end.payload());
        }
        ObjectNode answer = frame("chat.completion");
        ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        message.put("content", end.payload().path("text").asText());
        String thoughts = transcript.thoughts();
        if (!thoughts.isEmpty()) {
            message.put("reasoning_content", thoughts);
        }
        choice.put("finish_reason", finish(end));
        answer.set("usage", end.payload().path("usage"));
        JsonNode cost = end.payload().path("cost");
        AnswerHeaders.cost(
                response, cost.isNumber() ? Optional.of(cost.decimalValue()) : Optional.empty());
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(Json.bytes(answer));
    }

    void stream(EventWatch watch, ServerResponse response, Heartbeats heartbeats)
            throws StoreException {
        String thoughts = firstWords(watch);
        Optional<AgentTranscript.Ending> early = transcript.ending();
        if (early.isPresent() && !early.get().answered() && thoughts.isEmpty()) {
            throw RunErrors.thrown(response, early.get().payload());
        }
        try (SseWriter writer = new SseWriter(response, heartbeats)) {
            write(writer, delta(Json.object().put("role", "assistant").put("content", "")));
            boolean same = forward(writer, thoughts);
            while (same && !gone && transcript.ending().isEmpty()) {
                more(watch);
                same = forward(writer, transcript.newThoughts());
            }
            if (same && !gone) {
                end(writer, transcript.ending().orElseThrow());
            }
        } catch (UncheckedIOException e) {
            gone = true;
            throw new CloseConnectionException("the client has left the stream", e);
        }
    }

    /** Waits until there is something to tell, an end, or too long a silence. */
    private String firstWords(EventWatch watch) throws StoreException {
        long until = System.nanoTime() + MAX_SILENCE.toNanos();
        String thoughts = transcript.newThoughts();
        while (thoughts.isEmpty()
                && transcript.answer().isEmpty()
                && transcript.ending().isEmpty()
                && !gone
                && System.nanoTime() < until) {
            more(watch);
            thoughts = transcript.newThoughts();
        }
        return thoughts;
    }

    /** False if the answer has turned into another one than what was sent of it. */
    private boolean forward(SseWriter writer, String thoughts) {
        if (!thoughts.isEmpty()) {
            write(writer, delta(Json.object().put("reasoning_content", thoughts)));
        }
        return content(writer, sent.next(transcript));
    }

    private boolean content(SseWriter writer, Optional<String> text) {
        if (text.isEmpty()) {
            writer.error(interrupted());
            return false;
        }
        if (!text.get().isEmpty()) {
            write(writer, delta(Json.object().put("content", text.get())));
        }
        return true;
    }

    private ApiError interrupted() {
        return ApiError.of(
                502,
                "agent_error",
                "answer_interrupted",
                "the answer was begun anew, otherwise than what was sent of it; the session "
                        + SessionAnswers.shown(run.sessionId())
                        + " goes on and will hold the whole answer");
    }

    private void end(SseWriter writer, AgentTranscript.Ending end) {
        if (!end.answered()) {
            writer.error(RunErrors.of(end.payload()));
            return;
        }
        if (!content(writer, sent.last(end.payload().path("text").asText()))) {
            return;
        }
        ObjectNode last = delta(Json.object());
        ((ObjectNode) last.path("choices").get(0)).put("finish_reason", finish(end));
        write(writer, last);
        if (frame.usage()) {
            ObjectNode used = frame("chat.completion.chunk");
            used.putArray("choices");
            used.set("usage", end.payload().path("usage"));
            write(writer, used);
        }
        writer.done();
    }

    private static String finish(AgentTranscript.Ending end) {
        return end.payload().path("finish_reason").asText("stop");
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
                .put("created", frame.created())
                .put("model", frame.alias());
    }

    private static void write(SseWriter writer, JsonNode chunk) {
        byte[] bytes = ("data: " + Json.text(chunk) + "\n\n").getBytes(UTF_8);
        writer.write(bytes, 0, bytes.length);
    }
}
