package io.magicproxy.pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.plugin.PluginLoader;
import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Loads a pattern's file: runs it once, without {@code ctx}, to see what it exports. */
public final class PatternLoader implements PluginLoader<PatternScript> {
    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofSeconds(5), Duration.ofMinutes(2), 20_000_000, 4 << 20, 2_000);

    private final Supplier<ScriptRuntime> runtime;
    private final InstantSource clock;

    public PatternLoader(Supplier<ScriptRuntime> runtime, InstantSource clock) {
        this.runtime = runtime;
        this.clock = clock;
    }

    @Override
    public PatternScript load(String name, ScriptBundle bundle) throws ScriptException {
        String described =
                runtime.get()
                        .run(
                                new GuestRun(
                                        "load-" + name,
                                        bundle,
                                        Preludes.CTX,
                                        "describe",
                                        "null",
                                        0,
                                        clock.instant(),
                                        LIMITS,
                                        new Cancellation(LIMITS.wallTime())),
                                new NoCalls(clock.instant()));
        JsonNode json = parse(described);
        Optional<JsonNode> structure =
                json.path("kind").asText().equals("declarative")
                        ? Optional.of(checked(json.path("structure"), bundle))
                        : Optional.empty();
        return new PatternScript(
                name, bundle, structure, new ManifestCheck(bundle).checked(json.path("manifest")));
    }

    private static JsonNode checked(JsonNode structure, ScriptBundle bundle)
            throws ScriptException {
        try {
            PromptStructure.of(structure);
            return structure;
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()), bundle);
        }
    }

    private static ScriptException wrong(String message, ScriptBundle bundle) {
        return new ScriptException(
                new ScriptFailure.Syntax(
                        message, Optional.of(new ScriptFailure.Place(bundle.entry(), 1, 1))));
    }

    private static JsonNode parse(String json) {
        try {
            return Json.read(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the prelude gives JSON", e);
        }
    }

    /** While it loads, a script has nobody to call. */
    private record NoCalls(Instant now) implements HostCalls {
        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            reply.accept(
                    new HostReply.Failed(
                            "not_running",
                            "calls are possible in run(ctx), not while the file loads",
                            now));
        }

        @Override
        public void tell(HostCall call) {
            // Prints of a load have no watcher.
        }
    }
}
