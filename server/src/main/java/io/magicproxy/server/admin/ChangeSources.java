package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.ScriptFolders;
import io.magicproxy.gateway.TextFolders;
import io.magicproxy.plugin.LoadReport;
import io.magicproxy.prompt.TextEditor;
import io.magicproxy.prompt.TextFolder;
import io.magicproxy.routing.KeyPool;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells the feed what changes in the configuration, the keys and the watched folders. */
public final class ChangeSources {
    private static final int SHOWN_PROBLEMS = 50;

    private final ChangeFeed feed;
    private final Gateway gateway;
    private Told told;
    private Map<String, Map<String, KeyPool.Snapshot>> keys;

    /** What is worth an event: a file that is saved again as it was, isn't. */
    private record Told(boolean applied, String version, List<ConfigProblem> problems) {
        static Told of(Gateway.Status status) {
            return new Told(status.applied(), status.servingVersion(), status.problems());
        }
    }

    private ChangeSources(ChangeFeed feed, Gateway gateway) {
        this.feed = feed;
        this.gateway = gateway;
        this.told = Told.of(gateway.status());
        this.keys = keysNow();
    }

    /** From now on. */
    public static void connect(
            ChangeFeed feed, Gateway gateway, ScriptFolders scripts, TextFolders texts) {
        var sources = new ChangeSources(feed, gateway);
        gateway.onRead(sources::configurationRead);
        gateway.simulator().onSwitch(sources::simulatorSwitched);
        scripts.onPattern(report -> sources.script("pattern", report));
        scripts.onTool(report -> sources.script("tool", report));
        sources.texts("prompt", texts.prompts());
        sources.texts("manifest", texts.manifests());
    }

    // ------------------------------------------------------------------ configuration, keys

    private synchronized void configurationRead(Gateway.Status status) {
        Told now = Told.of(status);
        if (!now.equals(told)) {
            told = now;
            ObjectNode more = Json.object();
            more.set(
                    "problems",
                    ProblemJson.all(status.problems().stream().limit(SHOWN_PROBLEMS).toList()));
            more.put("problem_count", status.problems().size());
            feed.tell(
                    status.applied() ? "config.reloaded" : "config.refused",
                    status.file(),
                    Optional.of(status.servingVersion()),
                    more);
        }
        keysRead();
    }

    private void keysRead() {
        Map<String, Map<String, KeyPool.Snapshot>> before = keys;
        keys = keysNow();
        keys.forEach((pool, now) -> {
            Map<String, KeyPool.Snapshot> old = before.getOrDefault(pool, Map.of());
            now.forEach((fingerprint, key) -> {
                if (!old.containsKey(fingerprint)) {
                    key("key.added", pool, KeyJson.of(key));
                }
            });
        });
        before.forEach((pool, old) -> {
            Map<String, KeyPool.Snapshot> now = keys.getOrDefault(pool, Map.of());
            old.forEach((fingerprint, key) -> {
                if (!now.containsKey(fingerprint)) {
                    key("key.removed", pool, KeyJson.name(key.fingerprint(), key.lastFour()));
                }
            });
        });
    }

    private void key(String kind, String pool, ObjectNode key) {
        ObjectNode more = Json.object();
        more.set("key", key);
        feed.tell(kind, pool, Optional.empty(), more);
    }

    private Map<String, Map<String, KeyPool.Snapshot>> keysNow() {
        Map<String, Map<String, KeyPool.Snapshot>> all = new LinkedHashMap<>();
        for (KeyPool pool : gateway.current().pools()) {
            Map<String, KeyPool.Snapshot> of = new HashMap<>();
            pool.snapshot().forEach(key -> of.put(key.fingerprint(), key));
            all.put(pool.id(), of);
        }
        return all;
    }

    private void simulatorSwitched(String profile) {
        ObjectNode more = Json.object();
        more.set("faults", gateway.simulator().of(profile).orElseGet(ChangeSources::nothing));
        feed.tell("simulator.changed", profile, Optional.empty(), more);
    }

    private static JsonNode nothing() {
        return Json.object().nullNode();
    }

    // ------------------------------------------------------------------ folders

    private void script(String kind, LoadReport report) {
        ObjectNode more = Json.object();
        String what = "removed";
        if (!report.file().isEmpty()) {
            more.put("file", report.file());
            what = report.failure().isPresent() ? "refused" : "loaded";
        }
        report.failure()
                .ifPresent(failure ->
                        more.set("problem", ScriptErrors.json(failure).put("name", report.name())));
        feed.tell(kind + "." + what, report.name(), report.serving(), more);
    }

    private void texts(String kind, TextFolder folder) {
        var editor = new TextEditor(folder);
        folder.onChange(files -> files.forEach(file -> text(kind, file, editor.find(file))));
    }

    private void text(String kind, String file, Optional<TextEditor.Entry> entry) {
        ObjectNode more = Json.object().put("path", kind + "s/" + file);
        entry.flatMap(TextEditor.Entry::problem).ifPresent(problem -> more.put("problem", problem));
        feed.tell(
                kind + (entry.isPresent() ? ".changed" : ".removed"),
                file,
                entry.map(TextEditor.Entry::version),
                more);
    }
}
