package io.magicproxy.tool.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.Prelude;
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
    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofSeconds(10), Duration.ofSeconds(60), 50_000_000, 4 << 20, 2_000);
    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Supplier<ScriptRuntime> runtime;
    private final InstantSource clock;

    ScriptToolCalls(Supplier<ScriptRuntime> runtime, InstantSource clock) {
        this.runtime = runtime;
        this.clock = clock;
    }

    /** What the script says of itself. */
    Described describe(String name, ScriptBundle bundle) throws ScriptException {
        ObjectNode input = Json.object().put("name", name);
        ObjectNode files = input.putObject("files");
        bundle.files().forEach(files::put);
        JsonNode told =
                read(
                        guest(
                                "load-tool-" + name,
                                bundle,
                                new Step(ToolPreludes.DESCRIBE, "describe", input),
                                LIMITS,
                                new Cancellation(LIMITS.wallTime())));
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
        try {
            return new ToolResult.Ok(
                    read(
                            guest(
                                    call.id(),
                                    bundle,
                                    new Step(
                                            ToolPreludes.call(plan.path("typed").asBoolean()),
                                            "run",
                                            input),
                                    within(spec.conduct().timeout()),
                                    call.cancellation())));
        } catch (ScriptException e) {
            return failure(e.failure(), spec, call);
        }
    }

    /** The tool's own time-out ends the call first. */
    private static SandboxLimits within(Duration timeout) {
        return new SandboxLimits(
                LIMITS.guestTime(),
                timeout.plus(MARGIN),
                LIMITS.statements(),
                LIMITS.outputBytes(),
                LIMITS.stackFrames());
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
        return new ToolResult.Failed(
                failure instanceof ScriptFailure.LimitExceeded ? "tool_limit" : "tool_error",
                failure.message());
    }

    private String guest(
            String id,
            ScriptBundle bundle,
            Step step,
            SandboxLimits limits,
            Cancellation cancellation)
            throws ScriptException {
        Instant now = clock.instant();
        return runtime.get()
                .run(
                        new GuestRun(
                                id,
                                bundle,
                                step.prelude(),
                                step.function(),
                                Json.text(step.input()),
                                RANDOM.nextLong(),
                                now,
                                limits,
                                cancellation),
                        new NoCalls(now));
    }

    private static JsonNode read(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the sandbox gives JSON", e);
        }
    }

    /** Tools compute; there is nobody that they could call. */
    private record NoCalls(Instant now) implements HostCalls {
        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            reply.accept(new HostReply.Failed("not_allowed", "a tool can't call anybody", now));
        }

        @Override
        public void tell(HostCall call) {
            // What a tool prints has no watcher.
        }
    }
}
