package io.magicproxy.store.redis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Remembers what was used last; any thread. */
final class Recent<V> {
    private static final float LOAD = 0.75f;

    private final Map<String, V> all;

    Recent(int max) {
        this.all =
                new LinkedHashMap<>(16, LOAD, true) {
                    private static final long serialVersionUID = 1;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                        return size() > max;
                    }
                };
    }

    synchronized Optional<V> get(String name) {
        return Optional.ofNullable(all.get(name));
    }

    synchronized V get(String name, Supplier<V> first) {
        return all.computeIfAbsent(name, n -> first.get());
    }

    synchronized void put(String name, V value) {
        all.put(name, value);
    }

    synchronized void remove(String name) {
        all.remove(name);
    }
}
