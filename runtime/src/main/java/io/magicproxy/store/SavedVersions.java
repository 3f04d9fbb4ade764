package io.magicproxy.store;

import java.util.Optional;

/** Versions of scripts with all their sources, for all gateways that use the same store. */
public interface SavedVersions {
    /**
     * Keeps a version; the newest 200 of a name are kept.
     *
     * @param name of the script, with its kind: {@code pattern/plan}
     * @param sources as JSON
     */
    void keep(String name, String version, String sources) throws StoreException;

    /**
     * The sources of the newest version that begins so.
     *
     * @param version at least 6 characters of its hash
     */
    Optional<String> find(String name, String version) throws StoreException;
}
