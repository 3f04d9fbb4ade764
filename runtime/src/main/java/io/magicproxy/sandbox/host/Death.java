package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.ScriptFailure;

/** Why a host is no more. */
sealed interface Death {
    /** The gateway didn't need it any more. */
    record Closed() implements Death {}

    /** Its heap was full. */
    record HeapFull() implements Death {}

    /** No heartbeat came. */
    record Silent() implements Death {}

    /** It said itself that a guest, which is over for its caller, doesn't end. */
    record Stuck() implements Death {}

    /** Killed because this run didn't end. */
    record Overdue(long run, ScriptFailure failure) implements Death {}

    /** It said what no host of ours says. */
    record Lied(String what) implements Death {}

    /** It never came up. */
    record NotStarted(String why) implements Death {}

    /** Something else killed it, or it crashed. */
    record Gone(int exitCode) implements Death {}

    default String text() {
        return switch (this) {
            case Closed _ -> "it was closed";
            case HeapFull _ -> "its memory was full";
            case Silent _ -> "it gave no sign of life";
            case Stuck _ -> "a script in it could not be stopped";
            case Overdue(long run, ScriptFailure failure) ->
                    "run " + run + " did not end: " + failure.message();
            case Lied(String what) -> "it broke the protocol: " + what;
            case NotStarted(String why) -> "it did not start: " + why;
            case Gone(int exitCode) -> "it ended with exit code " + exitCode;
        };
    }
}
