package io.magicproxy.server.sessions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.Journal.SessionRecord;
import java.util.Locale;

/** Sessions, runs and events by their names on the wire. */
final class SessionJson {
    private SessionJson() {}

    static ObjectNode event(EventRecord event, String sessionId) {
        ObjectNode json = Json.object().put("event_type", event.type());
        json.set("payload", read(event.payloadJson()));
        return json.put("session_id", SessionAnswers.shown(sessionId))
                .put("run", event.run())
                .put("seq", event.seq())
                .put("ts", event.at().toString());
    }

    static ObjectNode session(SessionRecord session) {
        return Json.object()
                .put("id", SessionAnswers.shown(session.sessionId()))
                .put("object", "session")
                .put("model_alias", session.alias())
                .put("pattern", session.pattern())
                .put("state", state(session.state()))
                .put("runs", session.runs())
                .put("last_seq", session.lastSeq())
                .put("created_at", session.createdAt().toString())
                .put("changed_at", session.changedAt().toString());
    }

    static ObjectNode run(RunRecord run) {
        ObjectNode json =
                Json.object()
                        .put("id", run.runId())
                        .put("run", run.number())
                        .put("model_alias", run.alias())
                        .put("pattern", run.pattern())
                        .put("state", state(run.state()))
                        .put("cancel_asked", run.cancelAsked())
                        .put("workers", run.epoch())
                        .put("worked_ms", run.worked().toMillis())
                        .put("created_at", run.createdAt().toString())
                        .put("ended_at", run.endedAt().map(Object::toString).orElse(null));
        run.parent()
                .ifPresent(parent ->
                        json.putObject("parent")
                                .put("run", parent.runId())
                                .put("call", parent.path()));
        json.set("request", read(run.requestJson()));
        if (!run.resultJson().isEmpty()) {
            json.set("result", read(run.resultJson()));
        }
        return json;
    }

    static ObjectNode step(EventRecord event) {
        ObjectNode step = Json.object();
        read(event.payloadJson()).properties().forEach(f -> step.set(f.getKey(), f.getValue()));
        return step.put("seq", event.seq()).put("ts", event.at().toString());
    }

    static ObjectNode entry(EntryRecord entry) {
        ObjectNode json =
                Json.object()
                        .put("call", entry.path())
                        .put("kind", entry.kind())
                        .put("target", entry.target())
                        .put("request_hash", entry.hash())
                        .put("step", entry.step())
                        .put("at", entry.at().toString());
        json.set(entry.failed() ? "error" : "result", read(entry.resultJson()));
        return json;
    }

    /** What {@code stream: false} answers. */
    static ObjectNode answer(RunRecord run) {
        JsonNode result = read(run.resultJson());
        ObjectNode json =
                Json.object()
                        .put("object", "session.answer")
                        .put("session_id", SessionAnswers.shown(run.sessionId()))
                        .put("run_id", run.runId())
                        .put("run", run.number())
                        .put("answer", result.path("text").asText());
        json.set("usage", result.path("usage"));
        json.set("cost", result.path("cost"));
        json.set("steps", result.path("steps"));
        json.set("finish_reason", result.path("finish_reason"));
        return json;
    }

    static String state(RunState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    static JsonNode read(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the journal holds JSON", e);
        }
    }
}
