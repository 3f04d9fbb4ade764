package io.magicproxy.sandbox;

import java.util.List;
import java.util.Optional;

/** Why a script didn't come to its end. */
public sealed interface ScriptFailure {
    /** For the script's author: what, and what to do. */
    String message();

    /** Where in the script's own files; lines and columns count from 1. */
    record Place(String file, int line, int column) {}

    /** It can't be read. */
    record Syntax(String message, Optional<Place> place) implements ScriptFailure {}

    /**
     * It threw an error that it didn't catch.
     *
     * @param type the error's class in its own language
     * @param code of the failed host call whose error it is, if it is one
     * @param frames of the script's files, innermost first, such as {@code ask (lib/x.py:12)}
     */
    record Thrown(
            String message,
            String type,
            Optional<String> code,
            Optional<Place> place,
            List<String> frames)
            implements ScriptFailure {}

    /** It tried what the walls forbid. */
    record Denied(String message, Optional<Place> place) implements ScriptFailure {}

    record LimitExceeded(Limit limit, String message) implements ScriptFailure {}

    /** Its host process died, for no fault of this script that is known. */
    record HostLost(String message) implements ScriptFailure {}

    /** It was told to stop: by its cancellation, or by a {@link HostReply.Stop}. */
    record Stopped(String message) implements ScriptFailure {}

    /** The limits by the names that the configuration gives them. */
    enum Limit {
        GUEST_TIME,
        WALL_TIME,
        MEMORY,
        STATEMENTS,
        OUTPUT,
        STACK,
        CALLS
    }
}
