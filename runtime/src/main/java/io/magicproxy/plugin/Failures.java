package io.magicproxy.plugin;

import io.magicproxy.sandbox.ScriptFailure;
import java.util.List;
import java.util.Optional;

/** Script failures for people's eyes. */
public final class Failures {
    private Failures() {}

    /** Place, message and frames on lines of their own. */
    public static String text(ScriptFailure failure) {
        String place =
                place(failure)
                        .map(p -> p.file() + ":" + p.line() + ":" + p.column() + " ")
                        .orElse("");
        StringBuilder text = new StringBuilder(place).append(failure.message());
        frames(failure).forEach(frame -> text.append("\n    at ").append(frame));
        return text.toString();
    }

    public static Optional<ScriptFailure.Place> place(ScriptFailure failure) {
        return switch (failure) {
            case ScriptFailure.Syntax syntax -> syntax.place();
            case ScriptFailure.Thrown thrown -> thrown.place();
            case ScriptFailure.Denied denied -> denied.place();
            case ScriptFailure.LimitExceeded _, ScriptFailure.HostLost _, ScriptFailure.Stopped _ ->
                    Optional.empty();
        };
    }

    /** Whether it says nothing of the script: the same script may well load a moment later. */
    public static boolean passing(ScriptFailure failure) {
        return switch (failure) {
            case ScriptFailure.HostLost _, ScriptFailure.Stopped _ -> true;
            case ScriptFailure.LimitExceeded over -> over.limit() == ScriptFailure.Limit.WALL_TIME;
            case ScriptFailure.Syntax _, ScriptFailure.Thrown _, ScriptFailure.Denied _ -> false;
        };
    }

    /** Of the gateway, not of the script. */
    static ScriptFailure ours() {
        return new ScriptFailure.Thrown(
                "the gateway failed while it loaded this file; its log says why",
                "InternalError",
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    public static List<String> frames(ScriptFailure failure) {
        return failure instanceof ScriptFailure.Thrown thrown ? thrown.frames() : List.of();
    }
}
