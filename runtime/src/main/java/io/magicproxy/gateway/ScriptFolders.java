package io.magicproxy.gateway;

import io.magicproxy.config.DataSize;
import io.magicproxy.pattern.PatternLoader;
import io.magicproxy.pattern.PatternRunner;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.plugin.FolderWatcher;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.plugin.VersionStore;
import io.magicproxy.sandbox.InProcessRuntime;
import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.RestartedRuns;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.sandbox.host.HostFiles;
import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.ScriptHosts;
import io.magicproxy.tool.ScriptTools;
import io.magicproxy.tool.ToolScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
        this.runtime = runtime(config, folders.data());
        this.runner = new PatternRunner(runtime, limits(config));
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
            // So that the languages come up side by side.
            Stream.of(patterns.folder(), tools.folder())
                    .flatMap(folder -> languages(folder).stream())
                    .distinct()
                    .forEach(runtime::expect);
            patterns.load();
            tools.load();
        } finally {
            loaded.countDown();
            watcher.start();
        }
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

    public PluginRegistry<ToolScript> tools() {
        awaitLoaded();
        return tools;
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
