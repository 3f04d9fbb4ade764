package io.magicproxy.session;

import io.magicproxy.sandbox.ScriptFailure;

/** An uncaught error of a script, in words for its author. */
final class ThrownText {
    private static final int FRAMES = 5;

    private ThrownText() {}

    /** What it says, and where it was thrown. */
    static String of(ScriptFailure.Thrown error) {
        StringBuilder text = new StringBuilder(error.message());
        error.place()
                .ifPresent(place ->
                        text.append(" (")
                                .append(place.file())
                                .append(':')
                                .append(place.line())
                                .append(')'));
        return text.toString();
    }

    /** For the log: no stack goes to a client. */
    static String withFrames(ScriptFailure.Thrown error) {
        StringBuilder text = new StringBuilder(of(error));
        error.frames().stream()
                .limit(FRAMES)
                .forEach(frame -> text.append("\n  at ").append(frame));
        return text.toString();
    }
}
