package io.magicproxy.gateway;

import io.magicproxy.config.DataSize;
import io.magicproxy.pattern.PatternLoader;
import io.magicproxy.pattern.PatternRunner;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.plugin.FolderWatcher;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.plugin.VersionStore;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.sandbox.MeasuredRuns;
import io.magicproxy.sandbox.RestartedRuns;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.HostStatus;
import io.magicproxy.sandbox.host.ScriptHosts;
import io.magicproxy.tool.ScriptTools;
import io.magicproxy.tool.ToolScript;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The patterns and tools of two watched folders, and the sandbox that they run in. */
public final class ScriptFolders implements AutoCloseable {
    private static final Duration LOADING = Duration.ofSeconds(60);

    private final ScriptRuntime runtime;
    private final PatternRunner runner;
    private final ScriptTools toolRunner;
    private final PluginRegistry<PatternScript> patterns;
    private final PluginRegistry<ToolScript> tools;
    private final FolderWatcher watcher;
    private final CountDownLatch loaded = new CountDownLatch(1);

    /**
     * Where scripts and their versions are.
     *
     * @param data for versions and caches
     */
    public record Folders(Path patterns, Path tools, Path data) {}

    /** Loads nothing yet. */
    public ScriptFolders(SandboxConfig config, Folders folders, InstantSource clock) {
        this(config, folders, clock, time -> {});
    }

    /**
     * Loads nothing yet.
     *
     * @param patternTime is told how long each pattern was at work itself
     */
    public ScriptFolders(
            SandboxConfig config,
            Folders folders,
            InstantSource clock,
            Consumer<Duration> patternTime) {
        this.runtime = runtime(config, folders.data());
        this.runner = new PatternRunner(new MeasuredRuns(runtime, patternTime), limits(config));
        ScriptRuntime restarting = new RestartedRuns(runtime);
        this.toolRunner = new ScriptTools(() -> restarting, clock);
        this.patterns =
                new PluginRegistry<>(
                        folders.patterns(),
                        new PatternLoader(() -> restarting, clock),
                        new VersionStore(folders.data().resolve("versions/patterns")),
                        clock);
        this.tools =
                new PluginRegistry<>(
                        folders.tools(),
                        toolRunner,
                        new VersionStore(folders.data().resolve("versions/tools")),
                        clock);
        this.watcher = new FolderWatcher(List.of(patterns, tools));
    }

    /** Loads both folders in the background, and watches them from then on. */
    public void start() {
        var _ = Thread.ofVirtual().name("load-scripts").start(this::load);
    }

    private void load() {
        try {
            patterns.load();
            tools.load();
        } finally {
            loaded.countDown();
            watcher.start();
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
            case PROCESS ->
                    new ScriptHosts(
                            new HostSettings(
                                    Set.of(),
                                    config.hosts(),
                                    Math.max(config.hosts(), config.maxHosts()),
                                    mebibytes(config.hostMemory()),
                                    data.resolve("cache"),
                                    Optional.empty(),
                                    HostSettings.Times.defaults()));
        };
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

    public PluginRegistry<ToolScript> tools() {
        awaitLoaded();
        return tools;
    }

    /** The script hosts that live; none if scripts run in this process. */
    public List<HostStatus> hosts() {
        return runtime instanceof ScriptHosts hosts ? hosts.hosts() : List.of();
    }

    PatternRunner runner() {
        return runner;
    }

    ScriptTools toolRunner() {
        return toolRunner;
    }

    @Override
    public void close() {
        watcher.close();
        runtime.close();
    }
}
