package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.Language;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One language's hosts. */
final class HostPool {
    private final Language language;
    private final HostSettings settings;
    private final HostCommand command;
    private final Path folder;

    // Guarded by this.
    private final List<ScriptHost> shared = new ArrayList<>();
    private final Set<ScriptHost> trials = new HashSet<>();
    private final Map<ScriptHost, Long> idle = new HashMap<>();
    private boolean closed;
    private int names;

    HostPool(Language language, HostSettings settings, HostCommand command, Path folder) {
        this.language = language;
        this.settings = settings;
        this.command = command;
        this.folder = folder;
    }

    /** Starts what is missing. */
    synchronized void fill() {
        while (!closed && shared.size() < settings.hosts()) {
            shared.add(start());
        }
    }

    /** The one that holds the fewest runs; another is started when all hold many. */
    synchronized ScriptHost share() {
        checkOpen();
        fill();
        return shared.stream()
                .filter(ScriptHost::isAlive)
                .min(Comparator.comparingInt(ScriptHost::load))
                .filter(it -> it.load() < capacity() || shared.size() >= settings.maxHosts())
                .orElseGet(this::another);
    }

    private ScriptHost another() {
        ScriptHost host = start();
        shared.add(host);
        return host;
    }

    /**
     * A host in which nothing else may be dangerous; none while as many as there may be are
     * suspected. The caller says {@link #leave} when its run is over.
     */
    synchronized Optional<ScriptHost> trial(Duration patience) throws InterruptedException {
        Optional<ScriptHost> host = trial();
        long deadline = System.nanoTime() + patience.toNanos();
        while (host.isEmpty() && deadline - System.nanoTime() > 0) {
            wait(1 + (deadline - System.nanoTime()) / 1_000_000);
            host = trial();
        }
        return host;
    }

    private Optional<ScriptHost> trial() {
        checkOpen();
        Optional<ScriptHost> host =
                trials.stream()
                        .filter(it -> it.isAlive() && it.load() < capacity() && it.isHarmless())
                        .findFirst();
        if (host.isEmpty() && trials.size() < settings.maxHosts()) {
            host = Optional.of(start());
            trials.add(host.get());
        }
        host.ifPresent(ScriptHost::promise);
        return host;
    }

    /** A trial is over. */
    void leave(ScriptHost host) {
        synchronized (this) {
            host.breakPromise();
            notifyAll();
            if (host.load() > 0) {
                return;
            }
            trials.remove(host);
        }
        host.kill(new Death.Closed());
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("The sandbox is closed");
        }
    }

    private ScriptHost start() {
        String name =
                "script-host-%s-%d".formatted(language.name().toLowerCase(Locale.ROOT), ++names);
        var host = new ScriptHost(name, settings, command, folder, this::died);
        host.start();
        return host;
    }

    /**
     * One that never came up is replaced when it is needed: starts that fail don't go on by
     * themselves.
     */
    private synchronized void died(ScriptHost host) {
        trials.remove(host);
        idle.remove(host);
        notifyAll();
        if (shared.remove(host) && host.wasReady()) {
            fill();
        }
    }

    /**
     * What fits into half of the heap: a waiting run takes 83 KiB in JavaScript, 2 MiB in Python.
     */
    private int capacity() {
        int kibibytes = settings.heapMebibytes() * 1024 / 2;
        return Math.max(
                1,
                switch (language) {
                    case JAVASCRIPT -> kibibytes / 256;
                    case PYTHON -> kibibytes / (3 * 1024);
                });
    }

    /** Now and then: looks after every host, and closes those that are not needed any more. */
    void check(long now, boolean late) {
        hosts().forEach(host -> host.check(now, late));
        surplus(now).ifPresent(host -> host.kill(new Death.Closed()));
    }

    private synchronized Optional<ScriptHost> surplus(long now) {
        shared.forEach(host -> {
            if (host.load() > 0) {
                idle.remove(host);
            } else {
                idle.putIfAbsent(host, now);
            }
        });
        if (shared.size() <= settings.hosts()) {
            return Optional.empty();
        }
        Optional<ScriptHost> unused =
                shared.reversed().stream()
                        .filter(it ->
                                idle.containsKey(it)
                                        && now - idle.get(it) > settings.times().idle().toNanos())
                        .findFirst();
        unused.ifPresent(shared::remove);
        return unused;
    }

    synchronized List<ScriptHost> hosts() {
        List<ScriptHost> all = new ArrayList<>(shared);
        all.addAll(trials);
        return all;
    }

    /** Kills them all; gives those whose end is to be waited for. */
    List<ScriptHost> close() {
        List<ScriptHost> all;
        synchronized (this) {
            closed = true;
            all = hosts();
        }
        all.forEach(host -> host.kill(new Death.Closed()));
        return all;
    }
}
