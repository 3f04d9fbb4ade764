package io.magicproxy.sandbox;

import io.magicproxy.sandbox.ScriptFailure.Limit;

/** What to say when a limit is passed. */
final class LimitMessages {
    private LimitMessages() {}

    static ScriptFailure guestTime(SandboxLimits limits) {
        return new ScriptFailure.LimitExceeded(
                Limit.GUEST_TIME,
                "The script worked longer than guest_time ("
                        + limits.guestTime().toMillis()
                        + " ms, waiting not counted): look for an endless loop, or raise the limit");
    }

    static ScriptFailure wallTime(SandboxLimits limits) {
        return new ScriptFailure.LimitExceeded(
                Limit.WALL_TIME,
                "The script took longer than wall_time ("
                        + limits.wallTime().toMillis()
                        + " ms, waiting counted): do less in one run, or raise the limit");
    }

    static ScriptFailure statements(SandboxLimits limits) {
        return new ScriptFailure.LimitExceeded(
                Limit.STATEMENTS,
                "The script executed more than "
                        + limits.statements()
                        + " statements: look for an endless loop, or raise the limit");
    }

    static ScriptFailure stack(SandboxLimits limits) {
        return new ScriptFailure.LimitExceeded(
                Limit.STACK,
                "The script's calls nested deeper than stack_frames ("
                        + limits.stackFrames()
                        + "): look for an endless recursion, or use a loop");
    }

    static ScriptFailure output(SandboxLimits limits, String what) {
        return new ScriptFailure.LimitExceeded(
                Limit.OUTPUT,
                what
                        + " is larger than output_bytes ("
                        + limits.outputBytes()
                        + "): print or pass less, or raise the limit");
    }

    static ScriptFailure calls(int most) {
        return new ScriptFailure.LimitExceeded(
                Limit.CALLS,
                "The script has more than "
                        + most
                        + " calls under way: await some before it starts others, or give ctx.map a"
                        + " concurrency");
    }

    static ScriptFailure memory() {
        return new ScriptFailure.LimitExceeded(
                Limit.MEMORY, "The script used more memory than there is: hold less at once");
    }
}
