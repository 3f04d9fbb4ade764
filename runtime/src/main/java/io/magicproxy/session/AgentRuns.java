package io.magicproxy.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.quota.Refusal;
import io.magicproxy.session.Sessions.Caller;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.Optional;

/** Runs agents for callers who wait for the answer: each is a session like any other. */
public final class AgentRuns implements ToolCall.Agents {
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final Sessions sessions;
    private final Caller caller;

    /** Is told of what happens on the way. */
    @FunctionalInterface
    public interface Watcher {
        void saw(String event, JsonNode payload);
    }

    /**
     * @param caller on whose account
     */
    public AgentRuns(Sessions sessions, Caller caller) {
        this.sessions = sessions;
        this.caller = caller;
    }

    /** For tools that may ask agents. */
    @Override
    public ToolResult ask(String alias, String query, JsonNode options, Cancellation cancellation) {
        ObjectNode request = options instanceof ObjectNode o ? o.deepCopy() : Json.object();
        request.put("model_alias", alias).put("user_query", query);
        return ask(request, cancellation, (_, _) -> {});
    }

    /**
     * Waits for the answer; a run whose caller gives up is cancelled.
     *
     * @param request as the sessions' API has it
     */
    public ToolResult ask(ObjectNode request, Cancellation cancellation, Watcher watcher) {
        try {
            return switch (sessions.start(caller, request, Optional.empty())) {
                case Result.Run(RunRecord run) -> followed(run, cancellation, watcher);
                case Result.Invalid(String param, String message) ->
                        new ToolResult.Failed("invalid_arguments", param + " " + message);
                case Result.Conflict(String code, String message) ->
                        new ToolResult.Failed(code, message);
                case Result.Refused(Refusal refusal) ->
                        new ToolResult.Failed("model_not_allowed", refusal.message());
                case Result.Full _ ->
                        new ToolResult.Failed(
                                "queue_full", "as many runs wait as may; ask again later");
                case Result.Unknown _ ->
                        new ToolResult.Failed("session_not_found", "there is no such session");
            };
        } catch (StoreException e) {
            return new ToolResult.Failed(
                    "store_unavailable", "agents are not available: " + e.getMessage());
        }
    }

    private ToolResult followed(RunRecord run, Cancellation cancellation, Watcher watcher)
            throws StoreException {
        var bell = new EventWatch.Bell();
        try (var watch = new EventWatch(sessions, run.sessionId(), 0, bell);
                var _ = cancellation.onCancel(bell::ring)) {
            while (cancellation.reason().isEmpty()) {
                for (EventRecord event : watch.read()) {
                    Optional<ToolResult> end =
                            event.runId().equals(run.runId())
                                    ? told(run, event, watcher)
                                    : Optional.empty();
                    if (end.isPresent()) {
                        return end.get();
                    }
                }
                watch.await(LOOK);
            }
        }
        var _ = sessions.cancel(caller, run.sessionId());
        return cancellation.reason().equals(Optional.of(Cancellation.Reason.DEADLINE))
                ? new ToolResult.Failed(
                        "timeout", "the agent had no answer in time; its session is " + shown(run))
                : new ToolResult.Failed(
                        "cancelled", "the run was cancelled; its session is " + shown(run));
    }

    /** The run's end, if this is it. */
    private Optional<ToolResult> told(RunRecord run, EventRecord event, Watcher watcher) {
        JsonNode payload = read(event.payloadJson());
        return switch (event.type()) {
            case Events.ANSWER_END -> Optional.of(answer(run, payload));
            case Events.ERROR, Events.CANCELLED ->
                    Optional.of(
                            new ToolResult.Failed(
                                    payload.path("code").asText("agent_failed"),
                                    payload.path("message").asText()
                                            + " (session "
                                            + shown(run)
                                            + ")"));
            default -> {
                watcher.saw(event.type(), payload);
                yield Optional.empty();
            }
        };
    }

    private ToolResult answer(RunRecord run, JsonNode payload) {
        ObjectNode answer =
                Json.object()
                        .put("answer", payload.path("text").asText())
                        .put("session_id", shown(run));
        answer.set("usage", payload.path("usage"));
        answer.set("cost", payload.path("cost"));
        return new ToolResult.Ok(answer);
    }

    private String shown(RunRecord run) {
        return caller.shown(run.sessionId());
    }

    private static JsonNode read(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the journal holds JSON", e);
        }
    }
}
