package io.magicproxy.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.store.session.Journal.EventDraft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Texts on their way to the watchers. What follows closely in one stream becomes one event: at most
 * 20 a second for each stream, whatever the others do.
 */
final class Texts {
    static final Duration PACE = Duration.ofMillis(50);

    private final List<Delta> waiting = new ArrayList<>();
    private final Map<Stream, Long> lastTaken = new HashMap<>();

    /**
     * What a text belongs to.
     *
     * @param key in which its texts are numbered
     * @param call whose answer it is; "" for a saying of the pattern
     */
    record Stream(String type, String key, String call) {
        String path() {
            return Told.path(key);
        }
    }

    private static final class Delta {
        final Stream stream;
        final int from;
        final StringBuilder text = new StringBuilder();
        int to;

        Delta(Stream stream, int from) {
            this.stream = stream;
            this.from = from;
        }

        EventDraft draft() {
            ObjectNode payload = Json.object();
            payload.put("text", text.toString()).put("char", text.toString());
            if (!stream.call().isEmpty()) {
                payload.put("call", stream.call());
            }
            String key = stream.key() + "#" + from + "-" + to;
            return new EventDraft(stream.type(), Json.text(payload), key);
        }
    }

    /** Adds the stream's text of that number. */
    void add(Stream stream, int n, String text) {
        Delta delta = null;
        for (Delta one : waiting) {
            if (one.stream.equals(stream) && one.to == n - 1) {
                delta = one;
            }
        }
        if (delta == null) {
            delta = new Delta(stream, n);
            waiting.add(delta);
        }
        delta.to = n;
        delta.text.append(text);
    }

    /** Whether the stream has been silent for long enough to be told of at once. */
    boolean isDue(Stream stream) {
        Long last = lastTaken.get(stream);
        return last == null || System.nanoTime() - last >= PACE.toNanos();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Takes out what is due now, and what mustn't be told after it. */
    List<EventDraft> takeDue() {
        List<String> due =
                waiting.stream()
                        .filter(delta -> isDue(delta.stream))
                        .map(delta -> delta.stream.path())
                        .toList();
        return take(delta -> due.stream().anyMatch(path -> related(delta, path)));
    }

    List<EventDraft> takeAll() {
        return take(delta -> true);
    }

    /**
     * Takes out what mustn't be told after something about this path: what the same branch, one
     * around it or one inside of it has said. Branches side by side have no order.
     */
    List<EventDraft> takeBefore(String path) {
        return take(delta -> related(delta, path));
    }

    private static boolean related(Delta delta, String path) {
        String other = delta.stream.path();
        return other.startsWith(path) || path.startsWith(other);
    }

    private List<EventDraft> take(Predicate<Delta> which) {
        List<EventDraft> taken = new ArrayList<>();
        for (Iterator<Delta> all = waiting.iterator(); all.hasNext(); ) {
            Delta delta = all.next();
            if (which.test(delta)) {
                all.remove();
                taken.add(delta.draft());
                lastTaken.put(delta.stream, System.nanoTime());
            }
        }
        return taken;
    }
}
