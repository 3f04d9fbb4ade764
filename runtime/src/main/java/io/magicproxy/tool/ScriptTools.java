package io.magicproxy.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.magicproxy.chat.Json;
import io.magicproxy.plugin.PluginLoader;
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
import java.util.stream.Collectors;

/** Loads and calls tools that are script files. */
public final class ScriptTools implements PluginLoader<ToolScript> {
    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofSeconds(10), Duration.ofSeconds(60), 50_000_000, 4 << 20, 2_000);
    private static final Prelude PRELUDE =
            new Prelude("tool", resource("tool.js"), resource("tool.py"));
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MAX_PROBLEMS = 5;

    private final Supplier<ScriptRuntime> runtime;
    private final InstantSource clock;

    public ScriptTools(Supplier<ScriptRuntime> runtime, InstantSource clock) {
        this.runtime = runtime;
        this.clock = clock;
    }

    @Override
    public ToolScript load(String name, ScriptBundle bundle) throws ScriptException {
        JsonNode described =
                read(
                        run(
                                "load-tool-" + name,
                                bundle,
                                "describe",
                                "null",
                                new Cancellation(LIMITS.wallTime())));
        if (!(described.path("parameters") instanceof ObjectNode parameters)) {
            throw bad(bundle, "schema.parameters must be a JSON Schema");
        }
        try {
            var _ = schema(parameters).validate(Json.object());
        } catch (RuntimeException e) {
            throw bad(bundle, "schema.parameters is no JSON Schema: " + e.getMessage());
        }
        return new ToolScript(name, bundle, described.path("description").asText(), parameters);
    }

    private static ScriptException bad(ScriptBundle bundle, String message) {
        return new ScriptException(
                new ScriptFailure.Syntax(
                        message, Optional.of(new ScriptFailure.Place(bundle.entry(), 1, 1))));
    }

    /**
     * Calls it. Blocks.
     *
     * @param callId names the call in its script's host
     */
    public JsonNode call(
            ToolScript tool, ObjectNode arguments, String callId, Cancellation cancellation)
            throws ToolException {
        String problem =
                schema(tool.parameters()).validate(arguments).stream()
                        .limit(MAX_PROBLEMS)
                        .map(Object::toString)
                        .collect(Collectors.joining("; "));
        if (!problem.isEmpty()) {
            throw new ToolException(
                    "invalid_arguments", "the arguments don't fit the tool's schema: " + problem);
        }
        try {
            return read(run(callId, tool.bundle(), "run", Json.text(arguments), cancellation));
        } catch (ScriptException e) {
            throw new ToolException(
                    e.failure() instanceof ScriptFailure.LimitExceeded
                            ? "tool_limit"
                            : "tool_error",
                    e.failure().message());
        }
    }

    private String run(
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

    private static Schema schema(ObjectNode parameters) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(parameters);
    }

    private static JsonNode read(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the sandbox gives JSON", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(ScriptTools.class.getResourceAsStream(name))) {
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
