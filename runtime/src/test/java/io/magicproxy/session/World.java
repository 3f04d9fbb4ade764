package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatClient;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.PatternLoader;
import io.magicproxy.pattern.PatternRunner;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.plugin.Plugin;
import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.tool.ToolCall;
import io.magicproxy.tool.ToolResult;
import io.magicproxy.tool.ToolSpec.Effect;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a test's runs find: every alias is an agent, patterns and tools are those of the test. */
final class World implements SessionWorld {
    private static final SandboxLimits LIMITS =
            new SandboxLimits(
                    Duration.ofSeconds(60), Duration.ofMinutes(5), 50_000_000, 4 << 20, 1_000);

    final Models models = new Models();
    private final ScriptRuntime runtime;
    private final InstantSource clock;
    private final Map<String, List<Plugin<PatternScript>>> patterns = new ConcurrentHashMap<>();
    private final Map<String, ToolBody> tools = new ConcurrentHashMap<>();
    private final Map<String, Effect> effects = new ConcurrentHashMap<>();
    private final List<String> toolCalls = new CopyOnWriteArrayList<>();
    private final List<String> toolKeys = new CopyOnWriteArrayList<>();
    private volatile AgentSettings settings =
            new AgentSettings(
                    "main", 12, 1_000_000, Duration.ofMinutes(5), Optional.empty(), "", List.of());

    /** What a tool does. */
    @FunctionalInterface
    interface ToolBody {
        JsonNode call(ObjectNode arguments, Cancellation cancellation) throws CallFailed;
    }

    World(ScriptRuntime runtime, InstantSource clock) {
        this.runtime = runtime;
        this.clock = clock;
    }

    /** Saves a version of a pattern: its file, then name and text of each file beside it. */
    void save(String file, String source, String... beside) throws ScriptException {
        var files = new TreeMap<>(Map.of(file, source));
        for (int i = 0; i < beside.length; i += 2) {
            files.put(beside[i], beside[i + 1]);
        }
        var bundle = new ScriptBundle(file, files);
        if (bundle.language() == Language.PYTHON) {
            Warm.up(runtime);
        }
        String name = file.substring(0, file.indexOf('.'));
        patterns.computeIfAbsent(name, n -> new CopyOnWriteArrayList<>()).add(load(name, bundle));
    }

    private Plugin<PatternScript> load(String name, ScriptBundle bundle) throws ScriptException {
        // Python takes its time to begin, and what these tests write in it exports run alone.
        PatternScript script =
                bundle.language() == Language.PYTHON
                        ? new PatternScript(name, bundle, Optional.empty(), Json.object())
                        : new PatternLoader(() -> runtime, clock).load(name, bundle);
        return new Plugin<>(name, bundle.hash(), bundle, clock.instant(), script);
    }

    /** Has the pattern's last version do something else: as if it weren't the same every time. */
    void swap(String file, String source) throws ScriptException {
        String name = file.substring(0, file.indexOf('.'));
        List<Plugin<PatternScript>> versions = patterns.getOrDefault(name, List.of());
        Plugin<PatternScript> old = versions.removeLast();
        PatternScript other = load(name, ScriptBundle.of(file, source)).value();
        versions.add(new Plugin<>(name, old.version(), old.bundle(), old.loadedAt(), other));
    }

    /** As a gateway that starts anew: what was pinned is loaded from the journal. */
    void forgetVersions() {
        patterns.clear();
    }

    void tool(String name, ToolBody body) {
        tools.put(name, body);
    }

    void tool(String name, Effect effect, ToolBody body) {
        effects.put(name, effect);
        tool(name, body);
    }

    /** The idempotency key of each tool call so far. */
    List<String> toolKeys() {
        return List.copyOf(toolKeys);
    }

    /** Name and arguments of each tool call so far. */
    List<String> toolCalls() {
        return List.copyOf(toolCalls);
    }

    void settings(AgentSettings all) {
        settings = all;
    }

    AgentSettings settings() {
        return settings;
    }

    @Override
    public Optional<AgentSettings> agent(String alias) {
        return alias.equals("nobody") ? Optional.empty() : Optional.of(settings);
    }

    @Override
    public ChatClient chat(String owner) {
        return models;
    }

    @Override
    public PatternRunner runner() {
        return new PatternRunner(runtime, LIMITS);
    }

    @Override
    public Optional<Plugin<PatternScript>> pattern(String name) {
        return Optional.ofNullable(patterns.get(name)).map(List::getLast);
    }

    @Override
    public Optional<Plugin<PatternScript>> pattern(String name, String version) {
        return patterns.getOrDefault(name, List.of()).stream()
                .filter(plugin -> plugin.version().equals(version))
                .findFirst();
    }

    @Override
    public Optional<PatternScript> pinned(String name, ScriptBundle bundle) {
        Optional<Plugin<PatternScript>> loaded = pattern(name, bundle.hash());
        try {
            return Optional.of(
                    loaded.isPresent() ? loaded.get().value() : load(name, bundle).value());
        } catch (ScriptException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<ToolInfo> tools() {
        List<ToolInfo> all = new ArrayList<>();
        new TreeMap<>(tools)
                .forEach((name, body) ->
                        all.add(
                                new ToolInfo(
                                        name,
                                        "a tool",
                                        Json.object(),
                                        effects.getOrDefault(name, Effect.NONE))));
        return all;
    }

    @Override
    public List<String> patterns() {
        return List.copyOf(patterns.keySet());
    }

    @Override
    public ToolResult tool(String name, ToolCall call) {
        toolCalls.add(name + " " + Json.text(call.arguments()));
        toolKeys.add(call.id());
        try {
            return new ToolResult.Ok(
                    Optional.ofNullable(tools.get(name))
                            .orElseThrow(() -> CallFailed.of("unknown_tool", "gone"))
                            .call(call.arguments(), call.cancellation()));
        } catch (CallFailed e) {
            return new ToolResult.Failed(e.code(), e.text());
        }
    }
}
