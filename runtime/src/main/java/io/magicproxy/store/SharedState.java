package io.magicproxy.store;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Small values by name, shared by all who use the same store, and kept through restarts. Names are
 * paths with slashes, such as {@code key/openai/9f86d081884c}.
 */
public interface SharedState {
    /**
     * Keeps a value; returns when it would survive the process's death.
     *
     * @param keepFor after which it is forgotten; absent: never
     */
    void put(String name, String value, Optional<Duration> keepFor) throws StoreException;

    Optional<String> get(String name) throws StoreException;

    void remove(String name) throws StoreException;

    /** All whose name begins so, in the order of names. */
    Map<String, String> list(String prefix) throws StoreException;
}
