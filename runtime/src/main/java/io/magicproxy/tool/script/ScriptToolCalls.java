package io.magicproxy.tool.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.Prelude;
import io.magicproxy.sandbox.RestartedRuns;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSpec;
import io.magicproxy.upstream.Cancellation;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs the scripts of tools in the sandbox. */
final class ScriptToolCalls {
    private static final Duration DESCRIBING = Duration.ofSeconds(60);
    private static final Duration MARGIN = Duration.ofSeconds(5);
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

    ScriptToolCalls with(ToolPowers other, InstantSource time) {
        return new ScriptToolCalls(runtime, time, other);
    }

    /** What the script says of itself. */
    Described describe(String name, ScriptBundle bundle) throws ScriptException {
        ObjectNode input = Json.object().put("name", name);
        if (bundle.language() == Language.JAVASCRIPT) {
            // Its comments, which the guest doesn't see of its functions.
            ObjectNode files = input.putObject("files");
            bundle.files().forEach(files::put);
        }
        var step = new Step(ToolPreludes.DESCRIBE, "describe", input);
        SandboxLimits limits = powers.limits().run();
        Instant now = clock.instant();
        GuestRun run =
                guest("load-tool-" + name, bundle, step, limits, new Cancellation(DESCRIBING), now);
        JsonNode told = read(new RestartedRuns(runtime.get()).run(run, new NoCalls(now)));
        if (told.has("problem")) {
            throw FileProblem.told(told.path("problem"), bundle);
        }
        return new Described(
                told.path("description").asText(),
                told.path("parameters"),
                (ObjectNode) told.path("call"),
                told.path("manifest"));
    }

    /**
     * @param plan how the prelude calls the script's function
     */
    ToolResult run(ScriptBundle bundle, ToolSpec spec, ObjectNode plan, ToolCall call) {
        ObjectNode input = Json.object().put("call_id", call.id());
        input.set("call", plan);
        input.set("arguments", call.arguments());
        var step = new Step(ToolPreludes.call(plan.path("typed").asBoolean()), "run", input);
        Optional<ToolResult> result = Optional.empty();
        for (int left = STARTS; result.isEmpty(); left--) {
            result = attempt(bundle, spec, step, call, left > 1);
        }
        return result.get();
    }

    /** Empty: its host was lost, and it may begin again. */
    private Optional<ToolResult> attempt(
            ScriptBundle bundle, ToolSpec spec, Step step, ToolCall call, boolean again) {
        var asked = new PowerCalls(spec.name(), call, powers, clock);
        try (asked) {
            GuestRun run =
                    guest(
                            call.id(),
                            bundle,
                            step,
                            within(spec.conduct().timeout()),
                            call.cancellation(),
                            clock.instant());
            return Optional.of(new ToolResult.Ok(read(runtime.get().run(run, asked))));
        } catch (ScriptException e) {
            boolean lost = e.failure() instanceof ScriptFailure.HostLost;
            boolean harm = asked.acted() && spec.conduct().effect() == ToolSpec.Effect.ONCE;
            if (lost && harm) {
                return Optional.of(ToolResult.Failed.outcomeUnknown(spec.name(), "its host died"));
            }
            return lost && again ? Optional.empty() : Optional.of(failure(e.failure(), spec, call));
        }
    }

    /** The tool's own time-out ends the call first. */
    private SandboxLimits within(Duration timeout) {
        SandboxLimits limits = powers.limits().run();
        return new SandboxLimits(
                limits.guestTime(),
                timeout.plus(MARGIN),
                limits.statements(),
                limits.outputBytes(),
                limits.stackFrames());
    }

    /** A function of a prelude, and what it is given. */
    private record Step(Prelude prelude, String function, ObjectNode input) {}

    private static ToolResult failure(ScriptFailure failure, ToolSpec spec, ToolCall call) {
        Optional<Cancellation.Reason> stopped = call.cancellation().reason();
        if (stopped.equals(Optional.of(Cancellation.Reason.DEADLINE))) {
            return new ToolResult.TimedOut(spec.conduct().timeout());
        }
        if (stopped.isPresent()) {
            return new ToolResult.Failed("cancelled", "the call was given up");
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

    private static GuestRun guest(
            String id,
            ScriptBundle bundle,
            Step step,
            SandboxLimits limits,
            Cancellation cancellation,
            Instant now) {
        return new GuestRun(
                id,
                bundle,
                step.prelude(),
                step.function(),
                Json.text(step.input()),
                RANDOM.nextLong(),
                now,
                limits,
                cancellation);
    }

    private static JsonNode read(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the sandbox gives JSON", e);
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
