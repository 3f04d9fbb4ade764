package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptFailure.Limit;
import io.magicproxy.upstream.Cancellation;
import java.util.List;
import java.util.Optional;

/** What to say when a run ends with its host. */
final class HostMessages {
    private HostMessages() {}

    static ScriptFailure guestTime(SandboxLimits limits) {
        return new ScriptFailure.LimitExceeded(
                Limit.GUEST_TIME,
                "The script worked longer than guest_time ("
                        + limits.guestTime().toMillis()
                        + " ms, waiting not counted) and could not be stopped: look for a call over"
                        + " a huge range or length");
    }

    static ScriptFailure wallTime(SandboxLimits limits) {
        return new ScriptFailure.LimitExceeded(
                Limit.WALL_TIME,
                "The script took longer than wall_time ("
                        + limits.wallTime().toMillis()
                        + " ms, waiting counted) and could not be stopped: do less in one run");
    }

    static ScriptFailure memory(int mebibytes) {
        return new ScriptFailure.LimitExceeded(
                Limit.MEMORY,
                "The script used more memory than host_memory ("
                        + mebibytes
                        + " MiB), twice, and the second time nothing else did: hold less at once, or raise the limit");
    }

    static ScriptFailure lied(String what) {
        return new ScriptFailure.Denied(
                "The script's hosts broke the protocol twice: " + what, Optional.empty());
    }

    static ScriptFailure lost(Death death) {
        return new ScriptFailure.HostLost(
                "The script's host is lost: " + death.text() + "; the run can start again");
    }

    static ScriptFailure stopped(GuestRun run) {
        String why = run.cancellation().reason().map(Cancellation.Reason::name).orElse("cancelled");
        return new ScriptFailure.Stopped("The run was stopped: " + why);
    }

    static ScriptFailure tooLarge(String what) {
        return new ScriptFailure.LimitExceeded(
                Limit.OUTPUT,
                what + " is larger than " + (Wire.MAX_BODY >> 20) + " MiB: pass less at once");
    }

    static ScriptFailure internal() {
        return new ScriptFailure.Thrown(
                "The gateway failed at a call of the script; the log tells more",
                "InternalError",
                Optional.empty(),
                Optional.empty(),
                List.of());
    }
}
