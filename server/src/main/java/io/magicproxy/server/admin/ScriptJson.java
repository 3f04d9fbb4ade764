package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.plugin.LoadReport;
import io.magicproxy.plugin.Plugin;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.plugin.ScriptFile;
import io.magicproxy.plugin.VersionStore;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.tool.ToolSpec;
import io.magicproxy.tool.script.ScriptTool;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Patterns or tools as the admin API shows them.
 *
 * @param kind for messages
 * @param describe adds what is special to the kind
 * @param beside adds what stands beside the files of a list
 */
public record ScriptJson<T>(
        String kind, BiConsumer<ObjectNode, T> describe, Consumer<ObjectNode> beside) {
    public static ScriptJson<PatternScript> patterns() {
        return new ScriptJson<>("pattern", ScriptJson::pattern, _ -> {});
    }

    /**
     * Tools, and how servers fare whose tools are not files here.
     *
     * @param servers adds the latter
     */
    public static ScriptJson<ScriptTool> tools(Consumer<ObjectNode> servers) {
        return new ScriptJson<>("tool", ScriptJson::tool, servers);
    }

    /** For a form: its title, its parameters. */
    static void pattern(ObjectNode json, PatternScript script) {
        json.put("kind", script.structure().isPresent() ? "declarative" : "imperative");
        json.put("title", script.title()).put("description", script.description());
        script.params().ifPresent(params -> json.set("params", params));
        ArrayNode tags = json.putArray("tags");
        script.tags().forEach(tags::add);
        ArrayNode requires = json.putArray("requires");
        script.requires().forEach(requires::add);
        json.set("limits", script.limits());
    }

    private static void tool(ObjectNode json, ScriptTool tool) {
        ToolSpec spec = tool.spec();
        json.put("title", spec.title()).put("description", spec.description());
        json.put("effect", spec.conduct().effect().label());
        json.set("parameters", spec.parameters().json());
    }

    ObjectNode list(PluginRegistry<T> registry) {
        ObjectNode answer = Json.object();
        ArrayNode plugins = answer.putArray(kind + "s");
        registry.reports().values().forEach(report -> plugins.add(summary(registry, report)));
        ArrayNode files = answer.putArray("files");
        registry.files().forEach(file -> files.add(entry(file)));
        beside.accept(answer);
        return answer;
    }

    /** One plugin with its own file's text, if there is one, and its versions. */
    ObjectNode plugin(PluginRegistry<T> registry, String name, Optional<ScriptFile> file) {
        ObjectNode json =
                Optional.ofNullable(registry.reports().get(name))
                        .map(report -> summary(registry, report))
                        .orElseGet(() -> Json.object().put("name", name).put("status", "gone"));
        file.ifPresent(f -> json.put("saved_version", f.version()).put("content", f.text()));
        registry.find(name)
                .ifPresent(plugin -> {
                    ArrayNode files = json.putArray("files");
                    plugin.bundle().files().keySet().forEach(files::add);
                });
        json.set("versions", versions(registry, name));
        return json;
    }

    private ObjectNode summary(PluginRegistry<T> registry, LoadReport report) {
        ObjectNode json = Json.object().put("name", report.name()).put("file", report.file());
        json.put("status", status(report))
                .put("version", report.serving().orElse(null))
                .put("checked_at", report.at().toString());
        registry.find(report.name())
                .map(Plugin::value)
                .ifPresent(value -> describe.accept(json, value));
        report.failure().ifPresent(failure -> json.set("error", ScriptErrors.json(failure)));
        return json;
    }

    /** Of a broken file the last good version serves, if there was one. */
    private static String status(LoadReport report) {
        if (report.failure().isEmpty()) {
            return "serving";
        }
        return report.serving().isPresent() ? "broken_old_version_serving" : "broken";
    }

    ArrayNode versions(PluginRegistry<T> registry, String name) {
        Optional<String> serving = registry.find(name).map(Plugin::version);
        ArrayNode versions = Json.object().arrayNode();
        for (VersionStore.Version version : registry.history(name)) {
            versions.addObject()
                    .put("version", version.version())
                    .put("at", version.at().toString())
                    .put("serving", serving.equals(Optional.of(version.version())));
        }
        return versions;
    }

    ObjectNode sources(String name, ScriptBundle sources) {
        ObjectNode json = Json.object().put("name", name).put("version", sources.hash());
        json.put("file", sources.entry());
        ObjectNode files = json.putObject("files");
        sources.files().forEach(files::put);
        return json;
    }

    ObjectNode file(ScriptFile file) {
        return entry(file).put("content", file.text());
    }

    private static ObjectNode entry(ScriptFile file) {
        ObjectNode json = Json.object().put("path", file.path()).put("version", file.version());
        json.put("name", file.plugin().orElse(null));
        ArrayNode users = json.putArray("used_by");
        file.users().forEach(users::add);
        file.problem().ifPresent(problem -> json.put("problem", problem));
        return json;
    }
}
