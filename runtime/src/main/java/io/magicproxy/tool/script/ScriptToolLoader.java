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
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Loads tools that are script files. */
public final class ScriptToolLoader implements PluginLoader<ScriptTool> {
    /** What the models' providers take as a tool's name. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final ScriptToolCalls calls;

    public ScriptToolLoader(Supplier<ScriptRuntime> runtime, InstantSource clock) {
        this.calls = new ScriptToolCalls(runtime, clock);
    }

    @Override
    public ScriptTool load(String name, ScriptBundle bundle) throws ScriptException {
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
        var spec =
                new ToolSpec(
                        name,
                        manifest.title().orElse(name),
                        manifest.description().orElse(told.description()),
                        schema(told.parameters(), bundle),
                        manifest.conduct());
        return new ScriptTool(spec, bundle, manifest, told.call(), calls);
    }

    private static ToolManifest manifest(JsonNode json, ScriptBundle bundle)
            throws ScriptException {
        ToolManifest manifest =
                switch (ConfigReader.read(json, ToolManifest.class)) {
                    case ConfigReader.Result.Loaded<ToolManifest> loaded -> loaded.config();
                    case ConfigReader.Result.Invalid<ToolManifest> invalid ->
                            throw problem(invalid.problems(), bundle);
                };
        if (manifest.timeout().compareTo(ToolManifest.MAX_TIMEOUT) > 0) {
            throw FileProblem.at(
                    bundle, "manifest.timeout", "manifest.timeout must be at most one hour");
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
