package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatClient.ChatOutcome;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.CallPath;
import io.magicproxy.pattern.Saying;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.RunRecord;
import java.time.Duration;
import java.util.Optional;

/** The events that watchers see, by their names on the wire. */
public final class Events {
    public static final String WORKER_ACK = "worker_ack";
    public static final String STEP = "StepStart";
    public static final String THOUGHT = "AgentThoughtStream";
    public static final String TOOL_START = "AgentToolCallStart";
    public static final String TOOL_END = "AgentToolCallEnd";
    public static final String PAUSE = "AgentPause";
    public static final String MODEL_CALL = "ModelCall";
    public static final String RETRACTED = "Retracted";
    public static final String CUSTOM = "Custom";
    public static final String ANSWER = "FinalAnswerStream";
    public static final String ANSWER_END = "FinalAnswerStreamEnd";
    public static final String ERROR = "error";
    public static final String CANCELLED = "cancelled";

    /** What the keys of events about nested agents begin with. */
    static final String NESTED = "n:";

    private Events() {}

    /** How many steps an ended run had. */
    public static int steps(RunRecord run) {
        return run.resultJson().isEmpty() ? 0 : Trees.read(run.resultJson()).path("steps").asInt(0);
    }

    static EventDraft of(String type, ObjectNode payload, String key) {
        return new EventDraft(type, Json.text(payload), key);
    }

    static EventDraft saying(Saying saying, int step, String key) {
        return of(type(saying), payload(saying, step), key);
    }

    /** What a model's answer says; it is taken back with the answer. */
    static EventDraft ofCall(CallPath call, Saying saying, int step, String key) {
        return of(type(saying), payload(saying, step).put("call", call.text()), key);
    }

    private static String type(Saying saying) {
        return switch (saying) {
            case Saying.Step _ -> STEP;
            case Saying.Thought _ -> THOUGHT;
            case Saying.Answer _ -> ANSWER;
            case Saying.Pause _ -> PAUSE;
            case Saying.Custom _ -> CUSTOM;
        };
    }

    private static ObjectNode payload(Saying saying, int step) {
        ObjectNode payload = Json.object();
        switch (saying) {
            case Saying.Step(String title) -> payload.put("step", step).put("title", title);
            case Saying.Thought(String text) -> payload.put("text", text).put("char", text);
            case Saying.Answer(String text) -> payload.put("text", text).put("char", text);
            case Saying.Pause _ -> payload.put("step", step);
            case Saying.Custom(String name, JsonNode data) ->
                    payload.put("name", name).set("data", data);
        }
        return payload;
    }

    static EventDraft modelCall(CallPath path, String title, ChatOutcome outcome) {
        ObjectNode payload = Json.object().put("call", path.text());
        if (!title.isEmpty()) {
            payload.put("title", title);
        }
        payload.put("profile", outcome.by().profile())
                .put("provider", outcome.by().provider())
                .put("attempts", outcome.by().attempts())
                .put("fallbacks", outcome.by().fallbacks())
                .put("latency_ms", outcome.by().latency().toMillis())
                .put("finish_reason", outcome.finish());
        payload.set("usage", outcome.usage().toWire());
        if (outcome.cost().isPresent()) {
            payload.put("cost", outcome.cost().getAsDouble());
        } else {
            payload.putNull("cost");
        }
        return of(MODEL_CALL, payload, "m:" + path);
    }

    static EventDraft toolStart(CallPath path, String name, JsonNode arguments) {
        ObjectNode payload = Json.object().put("call", path.text()).put("tool_name", name);
        payload.set("arguments", arguments);
        return of(TOOL_START, payload, "t:" + path + "@start");
    }

    /**
     * A tool's end.
     *
     * @param epoch of the worker: a resumed run may call a tool again that has failed
     */
    static EventDraft toolEnd(
            CallPath path, String name, ToolOutcome outcome, Duration took, long epoch) {
        ObjectNode payload = Json.object().put("call", path.text()).put("tool_name", name);
        outcome.result().ifPresent(result -> payload.set("result", result));
        outcome.error()
                .ifPresent(error -> payload.put("error", error.text()).put("code", error.code()));
        payload.put("duration_ms", took.toMillis());
        return of(TOOL_END, payload, "t:" + path + "@end." + epoch);
    }

    /** A tool's result, or why there is none. */
    record ToolOutcome(Optional<JsonNode> result, Optional<CallFailed> error) {}

    /** A fork uses a recorded result though it asks for something else now. */
    static EventDraft requestChanged(CallPath path) {
        ObjectNode payload = Json.object().put("name", "fork");
        payload.putObject("data")
                .put("call", path.text())
                .put("note", "the request has changed; the recorded result is used");
        return of(CUSTOM, payload, "f:" + path);
    }

    /** The session of a nested agent, for those who want to watch it, too. */
    static EventDraft nested(CallPath path, RunRecord run) {
        ObjectNode payload = Json.object().put("name", "agent");
        payload.putObject("data")
                .put("call", path.text())
                .put("alias", run.alias())
                .put("session_id", Sessions.bare(run.sessionId()))
                .put("run_id", run.runId());
        return of(CUSTOM, payload, NESTED + path);
    }

    static ObjectNode error(String code, String message, boolean resumable) {
        return Json.object()
                .put("error", message)
                .put("code", code)
                .put("message", message)
                .put("resumable", resumable);
    }
}
