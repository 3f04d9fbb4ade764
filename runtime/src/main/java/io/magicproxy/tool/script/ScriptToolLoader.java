package io.magicproxy.tool.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.ConfigReader;
import io.magicproxy.plugin.PluginLoader;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.tool.ToolSchema;
import io.magicproxy.tool.ToolSpec;
import io.magicproxy.tool.power.NetworkEntry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Loads tools that are script files. */
public final class ScriptToolLoader implements PluginLoader<ScriptTool> {
    /** What the models' providers take as a tool's name. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final ScriptToolCalls calls;

    private final ToolPowers powers;

    /** For tools that only compute. */
    public ScriptToolLoader(Supplier<ScriptRuntime> runtime, InstantSource clock) {
        this(runtime, clock, ToolPowers.none());
    }

    public ScriptToolLoader(
            Supplier<ScriptRuntime> runtime, InstantSource clock, ToolPowers powers) {
        this.powers = powers;
        this.calls = new ScriptToolCalls(runtime, clock, powers);
    }

    @Override
    public ScriptTool load(String name, ScriptBundle bundle) throws ScriptException {
        ScriptTool tool = described(name, bundle);
        Optional<String> problem = tool.requests().ungranted(name, powers.grants().apply(name));
        if (problem.isPresent()) {
            // Said when the tool is loaded, not when a model has called it.
            throw FileProblem.at(bundle, "manifest", problem.get());
        }
        return tool;
    }

    /** The tool, whether or not it is granted what it asks for. */
    public ScriptTool described(String name, ScriptBundle bundle) throws ScriptException {
        if (!NAME.matcher(name).matches()) {
            throw FileProblem.at(
                    bundle,
                    "",
                    "models can't call a tool named \""
                            + name
                            + "\": rename the file, with letters, digits, _ and - only, at most 64");
        }
        Described told = calls.describe(name, bundle);
        ToolManifest manifest = manifest(told.manifest(), bundle);
        checkHosts(manifest, bundle);
        var spec =
                new ToolSpec(
                        name,
                        manifest.title().orElse(name),
                        manifest.description().orElse(told.description()),
                        schema(told.parameters(), bundle),
                        manifest.conduct(powers.limits().run().wallTime()));
        return new ScriptTool(spec, bundle, manifest, told.call(), calls);
    }

    private static void checkHosts(ToolManifest manifest, ScriptBundle bundle)
            throws ScriptException {
        try {
            manifest.network().forEach(NetworkEntry::of);
        } catch (IllegalArgumentException e) {
            throw FileProblem.at(bundle, "manifest.network", String.valueOf(e.getMessage()));
        }
    }

    private ToolManifest manifest(JsonNode json, ScriptBundle bundle) throws ScriptException {
        ToolManifest manifest =
                switch (ConfigReader.read(json, ToolManifest.class)) {
                    case ConfigReader.Result.Loaded<ToolManifest> loaded -> loaded.config();
                    case ConfigReader.Result.Invalid<ToolManifest> invalid ->
                            throw problem(invalid.problems(), bundle);
                };
        Duration ceiling = powers.limits().run().wallTime();
        if (json.has("timeout") && manifest.timeout().compareTo(ceiling) > 0) {
            throw FileProblem.at(
                    bundle,
                    "manifest.timeout",
                    "manifest.timeout must be at most "
                            + ceiling.toSeconds()
                            + " s (sandbox_settings.tools.wall_time)");
        }
        return manifest;
    }

    private static ScriptException problem(List<ConfigProblem> problems, ScriptBundle bundle) {
        return FileProblem.at(
                bundle,
                "manifest." + problems.getFirst().path(),
                problems.stream()
                        .map(problem -> "manifest." + problem.path() + " " + problem.message())
                        .collect(Collectors.joining("; ")));
    }

    private static ToolSchema schema(JsonNode parameters, ScriptBundle bundle)
            throws ScriptException {
        if (!(parameters instanceof ObjectNode object)) {
            throw FileProblem.at(bundle, "schema", "schema.parameters must be a JSON Schema");
        }
        if (!object.path("type").asText().equals("object")) {
            throw FileProblem.at(
                    bundle,
                    "schema",
                    "the schema must have \"type\": \"object\": a tool's arguments have names");
        }
        try {
            return new ToolSchema(object);
        } catch (IllegalArgumentException e) {
            throw FileProblem.at(bundle, "schema", String.valueOf(e.getMessage()));
        }
    }
}
