package io.magicproxy.tool.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.plugin.PluginLoader;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.tool.ToolSchema;
import io.magicproxy.tool.ToolSpec;
import io.magicproxy.tool.ToolSpec.Conduct;
import io.magicproxy.tool.ToolSpec.Effect;
import io.magicproxy.tool.power.PowerRequests;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** Loads tools that are script files. */
public final class ScriptToolLoader implements PluginLoader<ScriptTool> {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int CONCURRENCY = 16;

    private final ScriptToolCalls calls;

    /** For tools that only compute. */
    public ScriptToolLoader(Supplier<ScriptRuntime> runtime, InstantSource clock) {
        this(runtime, clock, ToolPowers.none());
    }

    public ScriptToolLoader(
            Supplier<ScriptRuntime> runtime, InstantSource clock, ToolPowers powers) {
        this.calls = new ScriptToolCalls(runtime, clock, powers);
    }

    @Override
    public ScriptTool load(String name, ScriptBundle bundle) throws ScriptException {
        JsonNode described = calls.describe(name, bundle);
        PowerRequests requests = granted(name, described.path("manifest"), bundle);
        var conduct = new Conduct(Effect.ONCE, TIMEOUT, CONCURRENCY);
        var spec =
                new ToolSpec(
                        name,
                        name,
                        described.path("description").asText(),
                        schema(described.path("parameters"), bundle),
                        conduct);
        return new ScriptTool(spec, bundle, requests, calls);
    }

    /** What isn't granted is said when the tool is loaded, not when a model has called it. */
    private PowerRequests granted(String name, JsonNode manifest, ScriptBundle bundle)
            throws ScriptException {
        PowerRequests requests;
        Optional<String> problem;
        try {
            requests = PowerRequests.of(manifest);
            problem = requests.ungranted(name, calls.powers().grants().apply(name));
        } catch (IllegalArgumentException e) {
            throw bad(bundle, String.valueOf(e.getMessage()));
        }
        if (problem.isPresent()) {
            throw bad(bundle, problem.get());
        }
        return requests;
    }

    private static ToolSchema schema(JsonNode parameters, ScriptBundle bundle)
            throws ScriptException {
        if (!(parameters instanceof ObjectNode object)) {
            throw bad(bundle, "schema.parameters must be a JSON Schema");
        }
        try {
            return new ToolSchema(object);
        } catch (IllegalArgumentException e) {
            throw bad(bundle, "schema.parameters: " + e.getMessage());
        }
    }

    private static ScriptException bad(ScriptBundle bundle, String message) {
        return new ScriptException(
                new ScriptFailure.Syntax(
                        message, Optional.of(new ScriptFailure.Place(bundle.entry(), 1, 1))));
    }
}
