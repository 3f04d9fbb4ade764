package io.magicproxy.plugin;

import io.magicproxy.sandbox.ScriptBundle;
import java.util.Optional;

/** Where versions may be that a {@link VersionStore} hasn't. */
public interface VersionArchive {
    /** A version has been kept here. Must be quick. */
    void kept(String name, ScriptBundle bundle);

    /**
     * A version from elsewhere.
     *
     * @param version its hash, or the beginning of it
     */
    Optional<ScriptBundle> find(String name, String version);

    /** There is none. */
    static VersionArchive none() {
        return new VersionArchive() {
            @Override
            public void kept(String name, ScriptBundle bundle) {}

            @Override
            public Optional<ScriptBundle> find(String name, String version) {
                return Optional.empty();
            }
        };
    }
}
