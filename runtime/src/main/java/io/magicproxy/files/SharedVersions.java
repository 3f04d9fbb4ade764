package io.magicproxy.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.magicproxy.chat.Json;
import io.magicproxy.plugin.VersionArchive;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.store.SavedFiles.Kind;
import io.magicproxy.store.SavedVersions;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Versions that any gateway has loaded, for all of them. */
final class SharedVersions {
    private static final Logger LOG = System.getLogger(SharedVersions.class.getName());

    private final SavedVersions store;

    /** The newest of each name, by name. */
    private final Map<String, ScriptBundle> newest = new LinkedHashMap<>();

    /** Those of them that the others don't know. */
    private final Map<String, ScriptBundle> untold = new LinkedHashMap<>();

    SharedVersions(SavedVersions store) {
        this.store = store;
    }

    VersionArchive of(Kind kind) {
        return new VersionArchive() {
            @Override
            public void kept(String name, ScriptBundle bundle) {
                loaded(kind.wire() + "/" + name, bundle);
            }

            @Override
            public Optional<ScriptBundle> find(String name, String version) {
                return ask(kind.wire() + "/" + name, version);
            }
        };
    }

    private void loaded(String name, ScriptBundle bundle) {
        synchronized (newest) {
            newest.put(name, bundle);
            untold.put(name + "@" + bundle.hash(), bundle);
        }
    }

    /** The store may have forgotten. */
    void tellAgain() {
        synchronized (newest) {
            newest.forEach((name, bundle) -> untold.put(name + "@" + bundle.hash(), bundle));
        }
    }

    /** Tells what the others don't know. */
    void tell() throws StoreException {
        for (var next = next(); next.isPresent(); next = next()) {
            String name = next.get().getKey();
            ScriptBundle bundle = next.get().getValue();
            store.keep(
                    name.substring(0, name.indexOf('@')),
                    bundle.hash(),
                    Json.text(bundle.toJson()));
            synchronized (newest) {
                untold.remove(name);
            }
        }
    }

    private Optional<Map.Entry<String, ScriptBundle>> next() {
        synchronized (newest) {
            return untold.entrySet().stream()
                    .findFirst()
                    .map(entry -> Map.entry(entry.getKey(), entry.getValue()));
        }
    }

    private Optional<ScriptBundle> ask(String name, String version) {
        try {
            return store.find(name, version).flatMap(SharedVersions::bundle);
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "{0} can''t be asked for: {1}", name, e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<ScriptBundle> bundle(String json) {
        try {
            return Optional.of(ScriptBundle.fromJson(Json.read(json)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            LOG.log(Level.WARNING, "a shared version is damaged: {0}", e.getMessage());
            return Optional.empty();
        }
    }
}
