package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** How the contract's tests run scripts: {@code run(host, input)} is the script's function. */
abstract class ScriptRuntimeScene {
    static final Prelude PRELUDE =
            new Prelude(
                    "test-prelude",
                    "({ run: (host, module, input) => module.run(host, input) })",
                    "def run(host, module, input):\n    return module.run(host, input)\n");

    static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofSeconds(20), Duration.ofSeconds(60), 20_000_000, 4 << 20, 400);

    final Desk desk = new Desk();

    abstract ScriptRuntime runtime();

    final String js(String source) throws ScriptException {
        return runtime().run(run(ScriptBundle.of("main.mjs", source), "null", LIMITS), desk);
    }

    final String python(String source) throws ScriptException {
        return runtime().run(run(ScriptBundle.of("main.py", source), "null", LIMITS), desk);
    }

    final ScriptFailure failure(ScriptBundle script, SandboxLimits limits) {
        ScriptException thrown =
                catchThrowableOfType(
                        ScriptException.class,
                        () -> runtime().run(run(script, "null", limits), desk));
        if (thrown == null) {
            throw new AssertionError("the script came to its end");
        }
        return thrown.failure();
    }

    final ScriptFailure jsFailure(String source) {
        return failure(ScriptBundle.of("main.mjs", source), LIMITS);
    }

    final ScriptFailure pythonFailure(String source) {
        return failure(ScriptBundle.of("main.py", source), LIMITS);
    }

    static ScriptBundle bundle(String entry, Map<String, String> files) {
        return new ScriptBundle(entry, new TreeMap<>(files));
    }

    static GuestRun run(ScriptBundle script, String input, SandboxLimits limits) {
        return run(script, input, limits, new Cancellation());
    }

    static GuestRun run(
            ScriptBundle script, String input, SandboxLimits limits, Cancellation cancellation) {
        return new GuestRun(
                "test", script, PRELUDE, "run", input, 42, Desk.START, limits, cancellation);
    }
}
