package io.magicproxy.gateway;

import io.magicproxy.config.DataSize;
import io.magicproxy.pattern.PatternLoader;
import io.magicproxy.pattern.PatternRunner;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.pattern.scenario.ScenarioRunner;
import io.magicproxy.plugin.FolderIntake;
import io.magicproxy.plugin.FolderWatcher;
import io.magicproxy.plugin.Intake;
import io.magicproxy.plugin.LoadReport;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.plugin.VersionArchive;
import io.magicproxy.plugin.VersionStore;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.MeasuredRuns;
import io.magicproxy.sandbox.RestartedRuns;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.sandbox.host.HostFiles;
import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.HostStatus;
import io.magicproxy.sandbox.host.ScriptHosts;
import io.magicproxy.store.SavedFiles.Kind;
import io.magicproxy.tool.ToolInvoker;
import io.magicproxy.tool.ToolSource;
import io.magicproxy.tool.Toolbox;
import io.magicproxy.tool.scenario.ToolScenarioRunner;
import io.magicproxy.tool.script.ScriptTool;
import io.magicproxy.tool.script.ScriptToolFolder;
import io.magicproxy.tool.script.ScriptToolLoader;
import io.magicproxy.tool.script.ToolPowers;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The patterns and tools of two watched folders, and the sandbox that they run in. */
public final class ScriptFolders implements AutoCloseable {
    private static final Duration LOADING = Duration.ofSeconds(60);

    private static final Logger LOG = System.getLogger(ScriptFolders.class.getName());

    private final ToolPowers powers;
    private final ScriptRuntime runtime;
    private final PatternRunner runner;
    private final PluginRegistry<PatternScript> patterns;
    private final PluginRegistry<ScriptTool> tools;
    private final ToolInvoker invoker;
    private final List<PluginRegistry<?>> watched;
    private final FolderWatcher watcher;
    private final CountDownLatch loaded = new CountDownLatch(1);

    /**
     * Where scripts and their versions are.
     *
     * @param patterns absent: they are not run here
     * @param tools absent: they run elsewhere
     * @param data for versions and caches
     */
    public record Folders(Optional<Path> patterns, Optional<Path> tools, Path data) {
        private Path patternsOrNone() {
            return patterns.orElseGet(() -> data.resolve("none"));
        }

        private Path toolsOrNone() {
            return tools.orElseGet(() -> data.resolve("none"));
        }
    }

    /**
     * What scripts need and have of the rest of the gateway.
     *
     * @param powers what tools may do beyond computing
     * @param more tools that are no scripts
     * @param patternTime is told how long each pattern was at work itself
     * @param witness is told of tools' calls
     */
    public record Surroundings(
            ToolPowers powers,
            List<ToolSource> more,
            Consumer<Duration> patternTime,
            ToolInvoker.Witness witness) {}

    /** Loads nothing yet. */
    public ScriptFolders(
            SandboxConfig config, Folders folders, Surroundings around, InstantSource clock) {
        this.powers = around.powers();
        this.runtime = runtime(config, folders.data());
        this.runner =
                new PatternRunner(new MeasuredRuns(runtime, around.patternTime()), limits(config));
        ScriptRuntime restarting = new RestartedRuns(runtime);
        this.patterns =
                new PluginRegistry<>(
                        folders.patternsOrNone(),
                        new PatternLoader(() -> restarting, clock),
                        new VersionStore(folders.data().resolve("versions/patterns")),
                        clock);
        this.tools =
                new PluginRegistry<>(
                        folders.toolsOrNone(),
                        new ScriptToolLoader(() -> runtime, clock, powers),
                        new VersionStore(folders.data().resolve("versions/tools")),
                        clock);
        this.invoker =
                new ToolInvoker(
                        new Toolbox(sources(around.more())),
                        new ToolInvoker.Settings(
                                config.tools().maxResult().asInt(),
                                powers.mask(),
                                around.witness()));
        this.watched = watched(folders);
        this.watcher = new FolderWatcher(watched);
    }

    private List<PluginRegistry<?>> watched(Folders folders) {
        List<PluginRegistry<?>> all = new ArrayList<>();
        folders.patterns().ifPresent(_ -> all.add(patterns));
        folders.tools().ifPresent(_ -> all.add(tools));
        return List.copyOf(all);
    }

    private List<ToolSource> sources(List<ToolSource> more) {
        List<ToolSource> sources = new ArrayList<>(more);
        sources.addFirst(new ScriptToolFolder(tools));
        return sources;
    }

    /** Is told of each load and removal of a pattern, from the first on. Must be quick. */
    public void onPattern(Consumer<LoadReport> listener) {
        patterns.onChange(listener);
    }

    /** Is told of each load and removal of a tool, from the first on. Must be quick. */
    public void onTool(Consumer<LoadReport> listener) {
        tools.onChange(listener);
    }

    /**
     * Before they are loaded: tells others of versions, and asks them for those that aren't here.
     */
    public void share(Function<Kind, VersionArchive> versions) {
        patterns.share(versions.apply(Kind.PATTERN));
        tools.share(versions.apply(Kind.TOOL));
    }

    /** Takes what others have saved; of those folders that there are. */
    public Map<Kind, Intake> intakes() {
        Map<Kind, Intake> folders = new EnumMap<>(Kind.class);
        Map.of(Kind.PATTERN, patterns, Kind.TOOL, tools)
                .forEach((kind, registry) -> {
                    if (watched.contains(registry)) {
                        folders.put(kind, new FolderIntake(registry));
                    }
                });
        return folders;
    }

    /** Loads both folders in the background, and watches them from then on. */
    public void start() {
        var _ = Thread.ofVirtual().name("load-scripts").start(this::load);
    }

    private void load() {
        try {
            // So that the languages come up side by side.
            watched.stream()
                    .flatMap(registry -> languages(registry.folder()).stream())
                    .distinct()
                    .forEach(runtime::expect);
            watched.forEach(PluginRegistry::load);
        } finally {
            loaded.countDown();
            watcher.start();
        }
    }

    /** What tools are granted has changed: those that did not load may do so now. */
    void grantsChanged() {
        tools.again();
        tools.all()
                .values()
                .forEach(tool ->
                        tool.value()
                                .requests()
                                .ungranted(tool.name(), powers.grants().apply(tool.name()))
                                .ifPresent(problem ->
                                        LOG.log(
                                                Level.WARNING,
                                                "{0} goes on serving, but {1}",
                                                tool.name(),
                                                problem)));
    }

    private static Set<Language> languages(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.flatMap(file -> Language.of(file.toString()).stream())
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            return Set.of(); // There needn't be such a folder.
        }
    }

    /** Waits until both folders were loaded for the first time. */
    private void awaitLoaded() {
        try {
            var _ = loaded.await(LOADING.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ScriptRuntime runtime(SandboxConfig config, Path data) {
        return switch (config.isolation()) {
            case IN_PROCESS -> new InProcessRuntime();
            case PROCESS -> {
                HostSettings settings = hostSettings(config, data);
                yield new ScriptHosts(
                        HostFiles.installed().map(files -> files.in(settings)).orElse(settings));
            }
        };
    }

    private static HostSettings hostSettings(SandboxConfig config, Path data) {
        return new HostSettings(
                Set.of(),
                config.hosts(),
                Math.max(config.hosts(), config.maxHosts()),
                mebibytes(config.hostMemory()),
                data.resolve("cache"),
                Optional.empty(),
                HostSettings.Times.defaults());
    }

    private static int mebibytes(DataSize size) {
        return (int) (size.bytes() >> 20);
    }

    private static SandboxLimits limits(SandboxConfig config) {
        return new SandboxLimits(
                config.guestTime(),
                config.wallTime(),
                config.statements(),
                config.output().asInt(),
                config.stackFrames());
    }

    public PluginRegistry<PatternScript> patterns() {
        awaitLoaded();
        return patterns;
    }

    public PluginRegistry<ScriptTool> tools() {
        awaitLoaded();
        return tools;
    }

    /** The script hosts that live; none if scripts run in this process. */
    public List<HostStatus> hosts() {
        return runtime instanceof ScriptHosts hosts ? hosts.hosts() : List.of();
    }

    /** Runs patterns against their scenarios, behind the same walls. */
    public ScenarioRunner scenarios() {
        return new ScenarioRunner(new RestartedRuns(runtime));
    }

    /** The same for tools. */
    public ToolScenarioRunner toolScenarios() {
        return new ToolScenarioRunner(runtime);
    }

    PatternRunner runner() {
        return runner;
    }

    /** Makes calls of all tools that there are. */
    public ToolInvoker invoker() {
        awaitLoaded();
        return invoker;
    }

    @Override
    public void close() {
        watched.forEach(PluginRegistry::stop);
        watcher.close();
        runtime.close();
    }
}
