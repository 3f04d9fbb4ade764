package io.magicproxy.sandbox.host;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Scripts, by their hash, that have cost a host its life lately. */
final class Offenders {
    private static final int KEPT = 1000;
    private static final Duration PROBATION = Duration.ofMinutes(10);

    private final Map<String, Long> since =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > KEPT;
                }
            };

    synchronized void add(String script) {
        since.remove(script); // So that the order is that of the last offence.
        since.put(script, System.nanoTime());
    }

    synchronized boolean contains(String script) {
        Long last = since.get(script);
        if (last == null) {
            return false;
        }
        boolean lately = System.nanoTime() - last < PROBATION.toNanos();
        if (!lately) {
            since.remove(script);
        }
        return lately;
    }
}
