package io.magicproxy.session;

import io.magicproxy.sandbox.ScriptFailure;

/** An uncaught error of a script, in words for its author. */
final class ThrownText {
    private static final int FRAMES = 5;

    private ThrownText() {}

    static String of(ScriptFailure.Thrown error) {
        StringBuilder text = new StringBuilder(error.message());
        error.place()
                .ifPresent(place ->
                        text.append(" (")
                                .append(place.file())
                                .append(':')
                                .append(place.line())
                                .append(')'));
        error.frames().stream()
                .limit(FRAMES)
                .forEach(frame -> text.append("\n  at ").append(frame));
        return text.toString();
    }
}
