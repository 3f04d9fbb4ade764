package io.magicproxy.routing;

import io.magicproxy.store.SharedState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Shared state of a test; outlives the pools that use it. */
final class MemoryState implements SharedState {
    private final SortedMap<String, String> values = new TreeMap<>();

    @Override
    public synchronized void put(String name, String value, Optional<Duration> keepFor) {
        values.put(name, value);
    }

    @Override
    public synchronized Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    @Override
    public synchronized void remove(String name) {
        values.remove(name);
    }

    @Override
    public synchronized Map<String, String> list(String prefix) {
        return new TreeMap<>(values.subMap(prefix, prefix + Character.MAX_VALUE));
    }
}
