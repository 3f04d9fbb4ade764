package io.magicproxy.session;

import io.magicproxy.store.session.Journal.EntryRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives a guest its results in the order in which they were recorded, also when they are known
 * already: a script that races calls sees the same winner in every replay.
 */
final class Sequencer {
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<Integer, Runnable> ready = new HashMap<>();
    private final Set<String> asked = new HashSet<>();
    private final boolean strict;
    private final int recorded;
    private int given;
    private int next;

    /**
     * @param strict whether every recorded result is waited for; a fork may never ask for one
     */
    Sequencer(List<EntryRecord> entries, boolean strict) {
        this.strict = strict;
        for (EntryRecord entry : entries) {
            if (ordered(entry.path())) {
                places.put(entry.path(), given++);
            }
        }
        recorded = given;
    }

    /** Calls of the guest itself; what is made inside of one of them has a slash. */
    private static boolean ordered(String path) {
        return !path.contains("/") && !path.equals("0");
    }

    synchronized void asked(String path) {
        asked.add(path);
    }

    /** A result was recorded: it has its place now. */
    synchronized void recorded(String path) {
        if (ordered(path)) {
            places.computeIfAbsent(path, p -> given++);
        }
    }

    /** Gives the result when its turn has come, perhaps at once. */
    synchronized void deliver(String path, Runnable result) {
        ready.put(places.computeIfAbsent(path, p -> given++), result);
        advance();
    }

    private void advance() {
        while (true) {
            Runnable due = ready.remove(next);
            if (due != null) {
                next++;
                due.run();
            } else if (!strict && next < recorded && !ready.isEmpty()) {
                next++;
            } else {
                return;
            }
        }
    }

    /** The recorded call that results wait for, if the guest has not made it. */
    synchronized Optional<String> missing() {
        if (ready.isEmpty() || next >= recorded) {
            return Optional.empty();
        }
        return places.entrySet().stream()
                .filter(place -> place.getValue() == next && !asked.contains(place.getKey()))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
