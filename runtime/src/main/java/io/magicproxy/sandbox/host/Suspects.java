package io.magicproxy.sandbox.host;

import java.util.LinkedHashMap;
import java.util.Map;

/** Ids of runs that may have cost a host its life; they run alone next time. */
final class Suspects {
    private static final int KEPT = 10_000;

    private final Map<String, Boolean> ids =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > KEPT;
                }
            };

    synchronized void add(String run) {
        ids.put(run, true);
    }

    synchronized void remove(String run) {
        ids.remove(run);
    }

    synchronized boolean contains(String run) {
        return ids.containsKey(run);
    }
}
