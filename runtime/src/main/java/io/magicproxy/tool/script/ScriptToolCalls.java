package io.magicproxy.tool.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.Prelude;
import io.magicproxy.sandbox.RestartedRuns;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSpec;
import io.magicproxy.upstream.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs the scripts of tools in the sandbox. */
final class ScriptToolCalls {
    private static final Prelude PRELUDE = prelude();
    private static final SecureRandom RANDOM = new SecureRandom();

    /** How often a call begins because its script host died. */
    private static final int STARTS = 4;

    private final Supplier<ScriptRuntime> runtime;
    private final InstantSource clock;
    private final ToolPowers powers;

    ScriptToolCalls(Supplier<ScriptRuntime> runtime, InstantSource clock, ToolPowers powers) {
        this.runtime = runtime;
        this.clock = clock;
        this.powers = powers;
    }

    ToolPowers powers() {
        return powers;
    }

    /** What the script says of itself. */
    JsonNode describe(String name, ScriptBundle bundle) throws ScriptException {
        var limit = new Cancellation(powers.limits().run().wallTime());
        Instant now = clock.instant();
        GuestRun run = guest("load-tool-" + name, bundle, "describe", "null", limit, now);
        return read(new RestartedRuns(runtime.get()).run(run, new NoCalls(now)));
    }

    ToolResult run(ScriptBundle bundle, ToolSpec spec, ToolCall call) {
        Optional<ToolResult> result = Optional.empty();
        for (int left = STARTS; result.isEmpty(); left--) {
            result = attempt(bundle, spec, call, left > 1);
        }
        return result.get();
    }

    /** Empty: its host was lost, and it may begin again. */
    private Optional<ToolResult> attempt(
            ScriptBundle bundle, ToolSpec spec, ToolCall call, boolean again) {
        var asked = new PowerCalls(spec.name(), call, powers, clock);
        try (asked) {
            String arguments = Json.text(call.arguments());
            GuestRun run =
                    guest(
                            call.id(),
                            bundle,
                            "run",
                            arguments,
                            call.cancellation(),
                            clock.instant());
            return Optional.of(new ToolResult.Ok(read(runtime.get().run(run, asked))));
        } catch (ScriptException e) {
            boolean repeatable = !asked.acted() || spec.conduct().effect() != ToolSpec.Effect.ONCE;
            return e.failure() instanceof ScriptFailure.HostLost && again && repeatable
                    ? Optional.empty()
                    : Optional.of(failure(e.failure(), spec, call));
        }
    }

    private static ToolResult failure(ScriptFailure failure, ToolSpec spec, ToolCall call) {
        if (call.cancellation().reason().equals(Optional.of(Cancellation.Reason.DEADLINE))) {
            return new ToolResult.TimedOut(spec.conduct().timeout());
        }
        String code =
                switch (failure) {
                    case ScriptFailure.LimitExceeded _ -> "tool_limit";
                    case ScriptFailure.Thrown thrown -> thrown.code().orElse("tool_error");
                    case ScriptFailure.Syntax _,
                            ScriptFailure.Denied _,
                            ScriptFailure.HostLost _,
                            ScriptFailure.Stopped _ ->
                            "tool_error";
                };
        return new ToolResult.Failed(code, failure.message());
    }

    private GuestRun guest(
            String id,
            ScriptBundle bundle,
            String function,
            String input,
            Cancellation cancellation,
            Instant now) {
        return new GuestRun(
                id,
                bundle,
                PRELUDE,
                function,
                input,
                RANDOM.nextLong(),
                now,
                powers.limits().run(),
                cancellation);
    }

    private static JsonNode read(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the sandbox gives JSON", e);
        }
    }

    /** The tool's own functions, which find {@code powers} in their scope. */
    private static Prelude prelude() {
        String javascript =
                "((powers) => (\n%s\n))(\n%s\n)"
                        .formatted(
                                expression(resource("tool.js")), expression(resource("powers.js")));
        return new Prelude(
                "tool", javascript, resource("powers.py") + "\n\n" + resource("tool.py"));
    }

    private static String expression(String script) {
        String text = script.strip();
        return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
    }

    private static String resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(ScriptToolCalls.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** While a script says what it is, there is nobody that it could call. */
    private record NoCalls(Instant now) implements HostCalls {
        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            reply.accept(
                    new HostReply.Failed(
                            "not_allowed", "a tool has powers in its calls only", now));
        }

        @Override
        public void tell(HostCall call) {
            // What a tool prints while it is loaded has no watcher.
        }
    }
}
