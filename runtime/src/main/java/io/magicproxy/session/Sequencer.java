package io.magicproxy.session;

import io.magicproxy.store.session.Journal.EntryRecord;
import java.time.Duration;
import java.util.ArrayList;
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
    /**
     * A fork's pattern may not ask for a recorded result any more. It doesn't if it has asked for
     * nothing for so long, while others wait for that one.
     */
    private static final Duration QUIET = Duration.ofMillis(200);

    /** Paths by their places, those that were recorded before this replay first. */
    private final List<String> paths = new ArrayList<>();

    private final Map<String, Integer> places = new HashMap<>();
    private final Map<Integer, Runnable> ready = new HashMap<>();
    private final Set<String> asked = new HashSet<>();
    private final Optional<FlushTimer> passing;
    private final int recorded;
    private int next;
    private long lastAsked = System.nanoTime();
    private boolean lookDue;

    /** Waits for every recorded result. */
    Sequencer(List<EntryRecord> entries) {
        this(entries, Optional.empty());
    }

    /** Of a fork: passes over those that are not asked for. */
    Sequencer(List<EntryRecord> entries, FlushTimer timer) {
        this(entries, Optional.of(timer));
    }

    private Sequencer(List<EntryRecord> entries, Optional<FlushTimer> passing) {
        this.passing = passing;
        for (EntryRecord entry : entries) {
            recorded(entry.path());
        }
        recorded = paths.size();
    }

    /** Calls of the guest itself; what is made inside of one of them has a slash. */
    private static boolean ordered(String path) {
        return !path.contains("/") && !path.equals("0");
    }

    private int place(String path) {
        return places.computeIfAbsent(
                path,
                p -> {
                    paths.add(p);
                    return paths.size() - 1;
                });
    }

    synchronized void asked(String path) {
        asked.add(path);
        lastAsked = System.nanoTime();
    }

    /** A result was recorded: it has its place now. */
    final synchronized void recorded(String path) {
        if (ordered(path)) {
            var _ = place(path);
        }
    }

    /** Gives the result when its turn has come, perhaps at once. */
    synchronized void deliver(String path, Runnable result) {
        int place = place(path);
        if (place < next) {
            // It was passed over, and is asked for after all.
            result.run();
        } else {
            ready.put(place, result);
            advance();
        }
    }

    private void advance() {
        while (true) {
            Runnable due = ready.remove(next);
            if (due != null) {
                next++;
                due.run();
            } else if (missing().isEmpty() || passing.isEmpty()) {
                return;
            } else if (System.nanoTime() - lastAsked >= QUIET.toNanos()) {
                next++;
            } else {
                lookLater(passing.get());
                return;
            }
        }
    }

    private void lookLater(FlushTimer timer) {
        if (!lookDue) {
            lookDue = true;
            timer.after(QUIET, this::look);
        }
    }

    private synchronized void look() {
        lookDue = false;
        advance();
    }

    /** The recorded call that results wait for, if the guest has not made it. */
    synchronized Optional<String> missing() {
        return ready.isEmpty() || next >= recorded
                ? Optional.empty()
                : Optional.of(paths.get(next)).filter(path -> !asked.contains(path));
    }
}
