package io.magicproxy.session;

import io.magicproxy.pattern.CallFailed;
import io.magicproxy.sandbox.ScriptFailure;
import java.util.Locale;
import java.util.Set;

/** How a script's failure is told of a run, and which failures would come again. */
final class RunFailures {
    /** What follows from the pinned pattern, its limits and the recorded results alone. */
    private static final Set<String> SETTLED =
            Set.of(
                    "diverged",
                    "journal_limit",
                    "max_seconds",
                    "max_steps",
                    "max_tokens_total",
                    "no_answer",
                    "pattern_error",
                    "pattern_syntax",
                    "repeated_action",
                    "sandbox_denied");

    private RunFailures() {}

    /**
     * Whether it is worthwhile to resume a run that ended so, none of its calls being the cause.
     */
    static boolean mayEndOtherwise(CallFailed why) {
        return !SETTLED.contains(why.code());
    }

    /** A client learns no more of it than where to look. */
    static CallFailed defect(String where) {
        return CallFailed.ended(
                "internal", "a defect of the gateway; its log says more of " + where);
    }

    static CallFailed of(ScriptFailure failure) {
        return switch (failure) {
            case ScriptFailure.Syntax e -> CallFailed.of("pattern_syntax", e.message());
            case ScriptFailure.Thrown e ->
                    CallFailed.of(e.code().orElse("pattern_error"), ThrownText.of(e));
            case ScriptFailure.Denied e -> CallFailed.of("sandbox_denied", e.message());
            case ScriptFailure.LimitExceeded e ->
                    CallFailed.of(
                            "sandbox_limit_" + e.limit().name().toLowerCase(Locale.ROOT),
                            e.message());
            case ScriptFailure.HostLost e -> CallFailed.of("host_lost", e.message());
            case ScriptFailure.Stopped e -> CallFailed.of("stopped", e.message());
        };
    }
}
