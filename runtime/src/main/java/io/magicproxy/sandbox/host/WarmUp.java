package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.Prelude;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** A small run, so that the first real one doesn't load a language. */
final class WarmUp {
    private static final System.Logger LOG = System.getLogger(WarmUp.class.getName());

    private static final Prelude PRELUDE =
            new Prelude(
                    "warm-up",
                    "({ run: (host, module, input) => module.run(host, input) })",
                    "def run(host, module, input):\n    return module.run(host, input)\n");

    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofMinutes(1), Duration.ofMinutes(1), 1_000_000, 1 << 16, 200);

    private WarmUp() {}

    static void run(ScriptRuntime runtime, Language language) {
        ScriptBundle script =
                switch (language) {
                    case JAVASCRIPT ->
                            ScriptBundle.of(
                                    "warm.mjs",
                                    "export const run = async host => await host.start('echo', 1) + 1;");
                    case PYTHON ->
                            ScriptBundle.of(
                                    "warm.py",
                                    "async def run(host, input): return await host.start('echo', 1) + 1");
                };
        try {
            runtime.run(
                    new GuestRun(
                            "warm-up",
                            script,
                            PRELUDE,
                            "run",
                            "null",
                            0,
                            Instant.EPOCH,
                            LIMITS,
                            new Cancellation()),
                    new Echo());
        } catch (ScriptException e) {
            // The real runs will say what is wrong, each to its author.
            LOG.log(System.Logger.Level.WARNING, language + " is not warm: " + e.getMessage());
        }
    }

    private static final class Echo implements HostCalls {
        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            reply.accept(new HostReply.Answer(call.value(), Instant.EPOCH));
        }

        @Override
        public void tell(HostCall call) {}
    }
}
