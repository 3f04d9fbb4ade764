package io.magicproxy.plugin;

import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
 * on serving, also after a restart. Looked at by {@link FolderWatcher}, changed by {@link
 * FolderEditor}, one at a time; read by many.
 */
public final class PluginRegistry<T> implements WatchedFolder {
    private static final Logger LOG = System.getLogger(PluginRegistry.class.getName());

    /** A save is taken by then, unless somebody keeps saving. */
    private static final int MAX_LOOKS = 100;

    private static final int LOOKS_TO_TAKE = 2;
    private static final int LOOKS_TO_LOSE = 10;

    private static final Duration RETRY = Duration.ofSeconds(3);

    private final Path folder;
    private final LoadedScripts<T> loaded;
    private final VersionStore versions;
    private final InstantSource clock;
    private final FolderSnapshot snapshot;
    private final Map<String, Plugin<T>> serving = new ConcurrentHashMap<>();
    private final Map<String, LoadReport> reports = new ConcurrentHashMap<>();
    private final List<Consumer<LoadReport>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean retryAll;
    private volatile boolean stopped;
    private volatile Scripts seen = Scripts.none();
    private Scripts settled = Scripts.none();
    private int agreed;
    private Optional<Instant> retryAt = Optional.empty();

    public PluginRegistry(
            Path folder, PluginLoader<T> loader, VersionStore versions, InstantSource clock) {
        this.folder = folder;
        this.loaded = new LoadedScripts<>(loader, clock);
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
        try {
            return Optional.of(loaded.load(name, bundle));
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

    /** Every version that ever loaded, newest first; also of plugins whose file is gone. */
    public List<VersionStore.Version> history(String name) {
        return versions.list(name);
    }

    /**
     * Tells another place of the versions that load from now on, and asks it for those it lacks.
     */
    public void share(VersionArchive archive) {
        versions.share(archive);
    }

    /** The sources of a version. */
    public Optional<ScriptBundle> sources(String name, String version) {
        return versions.bundle(name, version);
    }

    /** The folder's scripts and helpers, as the last look found them, by path. */
    public List<ScriptFile> files() {
        Scripts now = seen;
        return now.files().keySet().stream().map(path -> ScriptFile.of(now, path)).toList();
    }

    /** One of them. */
    public Optional<ScriptFile> file(String path) {
        Scripts now = seen;
        return now.files().containsKey(path)
                ? Optional.of(ScriptFile.of(now, path))
                : Optional.empty();
    }

    /** Is told of each load, good or bad, and of removals. */
    public void onChange(Consumer<LoadReport> listener) {
        listeners.add(listener);
    }

    /**
     * Looks at the folder. A change is taken when two looks agree, so that no half-written file is
     * loaded; a file's end when ten do.
     *
     * @return whether a change waits for its second look
     */
    @Override
    public synchronized boolean look() {
        Scripts now;
        try {
            now = snapshot.read();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the folder {0} can''t be read: {1}", folder, e.toString());
            return false;
        }
        agreed = now.equals(seen) ? agreed + 1 : 1;
        seen = now;
        boolean calm = agreed >= (loses(now) ? LOOKS_TO_LOSE : LOOKS_TO_TAKE);
        boolean waits = !calm && !now.equals(settled);
        if (calm && (!now.equals(settled) || due() || retryAll)) {
            if (retryAll) {
                retryAll = false;
                reports.replaceAll((_, report) -> report.tryAgain());
            }
            settled = now;
            retryAt = Optional.empty();
            take(now);
        }
        return waits;
    }

    /** Some editors take the old file away before they put the new one there. */
    private boolean loses(Scripts now) {
        return !now.entries().keySet().containsAll(settled.entries().keySet());
    }

    /**
     * Files that didn't load are tried again at the next look, though they are as they were: what
     * they failed at may be another now.
     */
    public void again() {
        retryAll = true;
    }

    /** Loads nothing more, and tells nothing: what scripts are loaded with is closed next. */
    public void stop() {
        stopped = true;
    }

    /** Looks until the folder holds still; for the start, and after a change of our own. */
    public synchronized void load() {
        int looks = 0;
        while (look() && looks++ < MAX_LOOKS) {
            // Twice, as a rule.
        }
        look();
    }

    private boolean due() {
        return retryAt.filter(at -> !clock.instant().isBefore(at)).isPresent();
    }

    private void take(Scripts scripts) {
        SortedMap<String, String> entries = scripts.entries();
        scripts.files().keySet().stream()
                .filter(Scripts::entry)
                .filter(path -> !entries.containsValue(path))
                .forEach(path ->
                        LOG.log(
                                Level.WARNING,
                                "{0} is not taken: {1} has the same name",
                                path,
                                entries.get(Scripts.name(path))));
        Set<String> gone = new TreeSet<>(serving.keySet());
        gone.addAll(reports.keySet());
        gone.removeAll(entries.keySet());
        gone.forEach(this::remove);
        entries.forEach((name, path) -> {
            if (stopped) {
                return;
            }
            ScriptBundle bundle = scripts.bundle(path);
            try {
                take(name, bundle, scripts.problem(bundle));
            } catch (RuntimeException e) {
                if (stopped) {
                    return;
                }
                // Our fault, not the file's; the other files are loaded all the same.
                LOG.log(Level.ERROR, "loading " + path + " failed", e);
                tell(report(name, bundle, Optional.of(Failures.ours())));
            }
        });
    }

    private void take(String name, ScriptBundle bundle, Optional<ScriptFailure> problem) {
        Optional<Plugin<T>> before = find(name);
        Optional<LoadReport> report = Optional.ofNullable(reports.get(name));
        String version = bundle.hash();
        Optional<ScriptFailure> failed = report.flatMap(LoadReport::failure);
        boolean known = report.flatMap(LoadReport::failedVersion).equals(Optional.of(version));
        if (known
                && !failed.map(Failures::passing).orElse(false)
                && problem.or(() -> failed).equals(failed)) {
            return;
        }
        if (problem.isPresent()) {
            fail(name, bundle, problem.get());
        } else if (before.filter(plugin -> plugin.version().equals(version)).isEmpty()) {
            takeNew(name, bundle);
        } else if (failed.isPresent()) {
            versions.serves(name, version);
            tell(report(name, bundle, Optional.empty()));
        }
    }

    private void takeNew(String name, ScriptBundle bundle) {
        try {
            Plugin<T> plugin = loaded.load(name, bundle);
            versions.keep(name, bundle, clock.instant());
            versions.serves(name, plugin.version());
            serving.put(name, plugin);
            tell(report(name, bundle, Optional.empty()));
        } catch (ScriptException e) {
            fail(name, bundle, e.failure());
        }
    }

    private void fail(String name, ScriptBundle bundle, ScriptFailure failure) {
        if (Failures.passing(failure)) {
            retryAt = Optional.of(clock.instant().plus(RETRY));
        }
        if (!serving.containsKey(name)) {
            lastServed(name).ifPresent(plugin -> serving.put(name, plugin));
        }
        tell(report(name, bundle, Optional.of(failure)));
    }

    /** What served before a restart, if it still loads. */
    private Optional<Plugin<T>> lastServed(String name) {
        return versions.served(name)
                .flatMap(version -> versions.bundle(name, version))
                .flatMap(bundle -> load(name, bundle));
    }

    private void remove(String name) {
        serving.remove(name);
        reports.remove(name);
        versions.servesNoMore(name);
        tell(
                new LoadReport(
                        name,
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        clock.instant()));
    }

    private LoadReport report(String name, ScriptBundle bundle, Optional<ScriptFailure> failure) {
        return new LoadReport(
                name,
                bundle.entry(),
                find(name).map(Plugin::version),
                failure,
                failure.map(_ -> bundle.hash()),
                clock.instant());
    }

    private void tell(LoadReport report) {
        if (stopped) {
            return;
        }
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

    // ------------------------------------------------------------ for FolderEditor

    /** The folder as it is at this moment; the caller holds our lock. */
    Scripts now() throws IOException {
        return snapshot.read();
    }

    /** Why the script doesn't load; what loads is kept, for when it is taken. */
    Optional<ScriptFailure> check(String name, ScriptBundle bundle) {
        try {
            loaded.load(name, bundle);
            return Optional.empty();
        } catch (ScriptException e) {
            return Optional.of(e.failure());
        }
    }
}
