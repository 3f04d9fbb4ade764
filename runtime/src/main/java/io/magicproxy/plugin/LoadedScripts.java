package io.magicproxy.plugin;

import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** Loads each version of each script once, and keeps those that were used last. */
final class LoadedScripts<T> {
    private static final int KEPT = 200;

    private final PluginLoader<T> loader;
    private final InstantSource clock;
    private final Map<String, Plugin<T>> known =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Plugin<T>> eldest) {
                    return size() > KEPT;
                }
            };

    LoadedScripts(PluginLoader<T> loader, InstantSource clock) {
        this.loader = loader;
        this.clock = clock;
    }

    /** Two callers may load the same one at the same time; no lock is held while it loads. */
    Plugin<T> load(String name, ScriptBundle bundle) throws ScriptException {
        String version = bundle.hash();
        String key = name + "@" + version;
        synchronized (known) {
            Plugin<T> plugin = known.get(key);
            if (plugin != null) {
                return plugin;
            }
        }
        T value = loader.load(name, bundle);
        var plugin = new Plugin<>(name, version, bundle, clock.instant(), value);
        synchronized (known) {
            known.put(key, plugin);
        }
        return plugin;
    }
}
