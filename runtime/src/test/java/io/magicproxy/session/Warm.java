package io.magicproxy.session;

import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.Prelude;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Lets Python begin without the time limits of loading: on a busy machine that takes long. */
final class Warm {
    private static final Prelude PRELUDE =
            new Prelude("warm-up", "({})", "def run(host, module, input):\n    return 1\n");

    private Warm() {}

    static void up(ScriptRuntime runtime) throws ScriptException {
        var limits =
                new SandboxLimits(
                        Duration.ofMinutes(5), Duration.ofMinutes(5), Long.MAX_VALUE, 4 << 20, 400);
        var _ =
                runtime.run(
                        new GuestRun(
                                "warm-up",
                                ScriptBundle.of("main.py", "x = 1\n"),
                                PRELUDE,
                                "run",
                                "null",
                                1,
                                Instant.EPOCH,
                                limits,
                                new Cancellation()),
                        new Nobody());
    }

    private record Nobody() implements HostCalls {
        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            reply.accept(new HostReply.Stop(Instant.EPOCH));
        }

        @Override
        public void tell(HostCall call) {
            // Says nothing.
        }
    }
}
