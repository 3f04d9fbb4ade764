package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.Language;
import java.nio.file.Path;
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
    private final Set<ScriptHost> alone = new HashSet<>();
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

    /** A host for one run, which kills it when it is over. */
    synchronized ScriptHost single() {
        checkOpen();
        ScriptHost host = start();
        alone.add(host);
        return host;
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

    /** One that never came up is replaced when it is needed: starts that fail don't go on alone. */
    private synchronized void died(ScriptHost host) {
        alone.remove(host);
        idle.remove(host);
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
        all.addAll(alone);
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
