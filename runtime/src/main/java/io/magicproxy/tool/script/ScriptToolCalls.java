package io.magicproxy.tool.script;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
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
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs the scripts of tools in the sandbox. */
final class ScriptToolCalls {
    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofSeconds(10), Duration.ofSeconds(60), 50_000_000, 4 << 20, 2_000);
    private static final Prelude PRELUDE =
            new Prelude("tool", resource("tool.js"), resource("tool.py"));
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Supplier<ScriptRuntime> runtime;
    private final InstantSource clock;

    ScriptToolCalls(Supplier<ScriptRuntime> runtime, InstantSource clock) {
        this.runtime = runtime;
        this.clock = clock;
    }

    /** What the script says of itself. */
    JsonNode describe(String name, ScriptBundle bundle) throws ScriptException {
        return read(
                guest(
                        "load-tool-" + name,
                        bundle,
                        "describe",
                        "null",
                        new Cancellation(LIMITS.wallTime())));
    }

    ToolResult run(ScriptBundle bundle, ToolSpec spec, ToolCall call) {
        try {
            return new ToolResult.Ok(
                    read(
                            guest(
                                    call.id(),
                                    bundle,
                                    "run",
                                    Json.text(call.arguments()),
                                    call.cancellation())));
        } catch (ScriptException e) {
            return failure(e.failure(), spec, call);
        }
    }

    private static ToolResult failure(ScriptFailure failure, ToolSpec spec, ToolCall call) {
        if (call.cancellation().reason().equals(Optional.of(Cancellation.Reason.DEADLINE))) {
            return new ToolResult.TimedOut(spec.conduct().timeout());
        }
        return new ToolResult.Failed(
                failure instanceof ScriptFailure.LimitExceeded ? "tool_limit" : "tool_error",
                failure.message());
    }

    private String guest(
            String id,
            ScriptBundle bundle,
            String function,
            String input,
            Cancellation cancellation)
            throws ScriptException {
        Instant now = clock.instant();
        return runtime.get()
                .run(
                        new GuestRun(
                                id,
                                bundle,
                                PRELUDE,
                                function,
                                input,
                                RANDOM.nextLong(),
                                now,
                                LIMITS,
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

    private static String resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(ScriptToolCalls.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
