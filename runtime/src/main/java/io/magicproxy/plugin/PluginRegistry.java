package io.magicproxy.plugin;

import io.magicproxy.plugin.FolderSnapshot.Scripts;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The plugins of one folder. A file that doesn't load changes nothing: the last good version goes
 * on serving. Looked at by one thread, {@link FolderWatcher}; read by many.
 */
public final class PluginRegistry<T> implements WatchedFolder {
    private static final Logger LOG = System.getLogger(PluginRegistry.class.getName());

    private final Path folder;
    private final PluginLoader<T> loader;
    private final VersionStore versions;
    private final InstantSource clock;
    private final FolderSnapshot snapshot;
    private final Map<String, Plugin<T>> serving = new ConcurrentHashMap<>();
    private final Map<String, Plugin<T>> older = new ConcurrentHashMap<>();
    private final Map<String, LoadReport> reports = new ConcurrentHashMap<>();
    private final List<Consumer<LoadReport>> listeners = new CopyOnWriteArrayList<>();
    private Scripts seen = Scripts.none();
    private Scripts settled = Scripts.none();

    public PluginRegistry(
            Path folder, PluginLoader<T> loader, VersionStore versions, InstantSource clock) {
        this.folder = folder;
        this.loader = loader;
        this.versions = versions;
        this.clock = clock;
        this.snapshot = new FolderSnapshot(folder);
    }

    @Override
    public Path folder() {
        return folder;
    }

    /** The version for new sessions. */
    public Optional<Plugin<T>> find(String name) {
        return Optional.ofNullable(serving.get(name));
    }

    /**
     * A version, perhaps an old one: by its hash, or the beginning of it (at least 6 characters).
     */
    public Optional<Plugin<T>> find(String name, String version) {
        Plugin<T> current = serving.get(name);
        if (current != null && current.version().startsWith(version) && version.length() >= 6) {
            return Optional.of(current);
        }
        return versions.bundle(name, version).flatMap(bundle -> load(name, bundle));
    }

    /** Loads a script that comes from elsewhere than the folder, such as a pinned version. */
    public Optional<Plugin<T>> load(String name, ScriptBundle bundle) {
        String key = name + "@" + bundle.hash();
        Plugin<T> known = older.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            Plugin<T> plugin =
                    new Plugin<>(
                            name,
                            bundle.hash(),
                            bundle,
                            clock.instant(),
                            loader.load(name, bundle));
            if (older.size() > 200) {
                older.clear();
            }
            older.put(key, plugin);
            return Optional.of(plugin);
        } catch (ScriptException e) {
            return Optional.empty();
        }
    }

    /** By name. */
    public SortedMap<String, Plugin<T>> all() {
        return new TreeMap<>(serving);
    }

    /** How each file stands, by name; files that don't load are among them. */
    public SortedMap<String, LoadReport> reports() {
        return new TreeMap<>(reports);
    }

    /** Every version that ever loaded, newest first. */
    public List<VersionStore.Version> history(String name) {
        return versions.list(name);
    }

    /** Is told of each load, good or bad, and of removals. */
    public void onChange(Consumer<LoadReport> listener) {
        listeners.add(listener);
    }

    @Override
    public synchronized boolean look() {
        Scripts now;
        try {
            now = snapshot.read();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the folder {0} can''t be read: {1}", folder, e.toString());
            return false;
        }
        boolean same = now.equals(seen);
        seen = now;
        if (same && !now.equals(settled)) {
            settled = now;
            take(now);
        }
        return !same;
    }

    /** Looks until the folder holds still; for the start. */
    public void load() {
        while (look()) {
            // Twice, as a rule.
        }
        look();
    }

    private void take(Scripts scripts) {
        Map<String, String> entries = new LinkedHashMap<>();
        scripts.files().keySet().stream()
                .filter(FolderSnapshot::entry)
                .forEach(path -> {
                    String other = entries.putIfAbsent(name(path), path);
                    if (other != null) {
                        LOG.log(
                                Level.WARNING,
                                "{0} and {1} have the same name; {0} is taken",
                                other,
                                path);
                    }
                });
        Set<String> gone = new TreeSet<>(serving.keySet());
        gone.addAll(reports.keySet());
        gone.removeAll(entries.keySet());
        gone.forEach(this::remove);
        entries.forEach((name, path) -> {
            try {
                take(name, path, ImportScan.bundle(path, scripts.files()), scripts.problems());
            } catch (RuntimeException e) {
                // Our fault, not the file's; the other files are loaded all the same.
                LOG.log(Level.ERROR, "loading " + path + " failed", e);
            }
        });
    }

    private void take(String name, String path, ScriptBundle bundle, Map<String, String> problems) {
        Plugin<T> before = serving.get(name);
        LoadReport report = reports.get(name);
        Optional<ScriptFailure> problem = problem(bundle, problems);
        String version = bundle.hash();
        if (report != null
                && report.failedVersion().equals(Optional.of(version))
                && (problem.isEmpty() || report.failure().equals(problem))) {
            return;
        }
        if (problem.isPresent()) {
            tell(report(name, path, problem, Optional.of(version)));
            return;
        }
        if (before != null && before.version().equals(version)) {
            if (report != null && report.failure().isPresent()) {
                tell(report(name, path, Optional.empty(), Optional.empty()));
            }
            return;
        }
        try {
            T value = loader.load(name, bundle);
            versions.keep(name, bundle, clock.instant());
            serving.put(name, new Plugin<>(name, version, bundle, clock.instant(), value));
            tell(report(name, path, Optional.empty(), Optional.empty()));
        } catch (ScriptException e) {
            tell(report(name, path, Optional.of(e.failure()), Optional.of(version)));
        }
    }

    private static Optional<ScriptFailure> problem(
            ScriptBundle bundle, Map<String, String> problems) {
        return problems.entrySet().stream()
                .filter(one -> bundle.files().containsKey(one.getKey()))
                .findFirst()
                .map(one ->
                        new ScriptFailure.Syntax(
                                one.getValue(),
                                Optional.of(new ScriptFailure.Place(one.getKey(), 1, 1))));
    }

    private void remove(String name) {
        serving.remove(name);
        reports.remove(name);
        tell(report(name, "", Optional.empty(), Optional.empty()));
    }

    private LoadReport report(
            String name, String path, Optional<ScriptFailure> failure, Optional<String> failed) {
        return new LoadReport(
                name, path, find(name).map(Plugin::version), failure, failed, clock.instant());
    }

    private void tell(LoadReport report) {
        if (!report.file().isEmpty()) {
            reports.put(report.name(), report);
        }
        if (report.failure().isPresent()) {
            LOG.log(
                    Level.WARNING,
                    "{0} does not load, {1}: {2}",
                    report.file(),
                    report.serving()
                            .map(v -> "version " + v + " goes on serving")
                            .orElse("nothing serves"),
                    Failures.text(report.failure().get()));
        } else {
            LOG.log(
                    Level.INFO,
                    report.serving().map(v -> "{0} serves, version " + v).orElse("{0} is gone"),
                    report.name());
        }
        listeners.forEach(listener -> listener.accept(report));
    }

    private static String name(String path) {
        return path.substring(0, path.lastIndexOf('.'));
    }
}
