package io.magicproxy.server.sessions;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.quota.Refusal;
import io.magicproxy.server.http.Access;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.ClientPresence;
import io.magicproxy.server.http.KeyLimits;
import io.magicproxy.server.http.RequestInfo;
import io.magicproxy.session.EventWatch;
import io.magicproxy.session.Sessions;
import io.magicproxy.session.Sessions.Caller;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** What came of a wish, as the API tells it. */
public final class SessionAnswers {
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration BUSY = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final long FOR_EVER = Long.MAX_VALUE;

    private SessionAnswers() {}

    /** The run, or the refusal as an {@link ApiException}. */
    public static RunRecord run(Result result) {
        return switch (result) {
            case Result.Run(RunRecord run) -> run;
            case Result.Unknown _ -> throw new ApiException(unknown());
            case Result.Invalid(String param, String message) ->
                    throw new ApiException(
                            ApiError.invalidRequest(param + ": " + message, Optional.of(param)));
            case Result.Conflict(String code, String message) ->
                    throw new ApiException(
                            ApiError.of(409, "invalid_request_error", code, message));
            case Result.Refused(Refusal refusal) ->
                    throw new ApiException(KeyLimits.error(refusal));
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

    /** Who asks: a virtual key sees its own sessions, everybody else who is let in all of them. */
    public static Caller caller() {
        Access.Who who = RequestInfo.current().caller();
        return new Caller(who.payer().key(), !(who instanceof Access.Who.Virtual));
    }

    /** A session's id as the caller knows it. */
    public static String shown(String storedSessionId) {
        return caller().shown(storedSessionId);
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
                ? sessions.session(caller(), shown(run.sessionId()))
                        .map(session -> session.lastSeq())
                        .orElse(0L)
                : own.getFirst().seq() - 1;
    }

    /** Waits for the run's end; the run goes on if the client leaves. */
    static RunRecord ended(Sessions sessions, RunRecord run) throws StoreException {
        return ended(sessions, run, FOR_EVER);
    }

    /** Waits for the run's end, but not for long: a run that was cancelled ends at once. */
    static RunRecord endedSoon(Sessions sessions, RunRecord run) throws StoreException {
        return ended(sessions, run, System.nanoTime() + SOON.toNanos());
    }

    private static RunRecord ended(Sessions sessions, RunRecord run, long until)
            throws StoreException {
        var gone = new AtomicBoolean();
        var bell = new EventWatch.Bell();
        try (var _ = sessions.follow(run.sessionId(), bell::ring);
                var _ =
                        ClientPresence.current()
                                .onGone(() -> {
                                    gone.set(true);
                                    bell.ring();
                                })) {
            RunRecord now = sessions.run(run.runId()).orElse(run);
            while (now.state().open() && !gone.get() && left(until).isPositive()) {
                bell.await(left(until));
                now = sessions.run(run.runId()).orElse(now);
            }
            return now;
        }
    }

    private static Duration left(long until) {
        if (until == FOR_EVER) {
            return LOOK;
        }
        Duration left = Duration.ofNanos(until - System.nanoTime());
        return left.compareTo(LOOK) < 0 ? left : LOOK;
    }
}
