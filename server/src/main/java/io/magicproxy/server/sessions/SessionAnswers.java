package io.magicproxy.server.sessions;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.ClientPresence;
import io.magicproxy.session.EventWatch;
import io.magicproxy.session.Sessions;
import io.magicproxy.session.Sessions.Caller;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** What came of a wish, as the API tells it. */
public final class SessionAnswers {
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration BUSY = Duration.ofSeconds(5);

    private SessionAnswers() {}

    /** The run, or the refusal as an {@link ApiException}. */
    public static RunRecord run(Result result) {
        return switch (result) {
            case Result.Run(RunRecord run) -> run;
            case Result.Unknown _ -> throw new ApiException(unknown());
            case Result.Invalid(String param, String message) ->
                    throw new ApiException(
                            ApiError.invalidRequest(param + " " + message, Optional.of(param)));
            case Result.Conflict(String code, String message) ->
                    throw new ApiException(
                            ApiError.of(409, "invalid_request_error", code, message));
            case Result.Full _ ->
                    throw new ApiException(
                            ApiError.of(
                                            429,
                                            "rate_limit_error",
                                            "queue_full",
                                            "as many runs wait as may; ask again later")
                                    .retryAfter(BUSY));
        };
    }

    /** Until there are keys of several owners, everybody who is let in is the administrator. */
    public static Caller caller() {
        return new Caller("master", true);
    }

    /** An event's payload. */
    public static JsonNode payload(EventRecord event) {
        return SessionJson.read(event.payloadJson());
    }

    /** Sessions need their store; plain chat doesn't. */
    public static ApiException unavailable(StoreException e) {
        return new ApiException(
                ApiError.of(
                        503,
                        "api_error",
                        "store_unavailable",
                        "sessions are not available: " + e.getMessage()));
    }

    static ApiError unknown() {
        return ApiError.of(
                404,
                "invalid_request_error",
                "session_not_found",
                "there is no such session; GET /v1/react/sessions lists them");
    }

    /** The number of the last event before the run began. */
    static long before(Sessions sessions, RunRecord run) throws StoreException {
        if (run.number() == 1) {
            return 0;
        }
        List<EventRecord> own = sessions.eventsOf(run.runId());
        return own.isEmpty()
                ? sessions.session(caller(), run.sessionId())
                        .map(session -> session.lastSeq())
                        .orElse(0L)
                : own.getFirst().seq() - 1;
    }

    /** Waits for the run's end; the run goes on if the client leaves. */
    static RunRecord ended(Sessions sessions, RunRecord run) throws StoreException {
        var gone = new AtomicBoolean();
        var bell = new EventWatch.Bell();
        try (var _ = sessions.follow(run.sessionId(), bell::ring);
                var _ =
                        ClientPresence.current()
                                .onGone(() -> {
                                    gone.set(true);
                                    bell.ring();
                                })) {
            RunRecord now = run;
            while (now.state().open() && !gone.get()) {
                bell.await(LOOK);
                now = sessions.run(run.runId()).orElse(now);
            }
            return now;
        }
    }

    static RunRecord answered(RunRecord run) {
        if (run.state() == RunState.ANSWERED) {
            return run;
        }
        throw new ApiException(
                error(SessionJson.read(run.resultJson().isEmpty() ? "{}" : run.resultJson())));
    }

    /** How a run without an answer is told, in HTTP or as the last event of a stream. */
    public static ApiError error(JsonNode result) {
        String code = result.path("code").asText("internal");
        String message = result.path("message").asText("the run ended without an answer");
        int status =
                switch (code) {
                    case "cancelled" -> 409;
                    case "no_worker", "no_key", "cooling_down" -> 503;
                    case "queue_full", "provider_rate_limit", "provider_quota" -> 429;
                    case "max_tokens_total", "max_seconds", "diverged", "journal_limit" -> 422;
                    default -> code.startsWith("provider_") || code.equals("timeout") ? 502 : 500;
                };
        return ApiError.of(status, "agent_error", code, message);
    }
}
