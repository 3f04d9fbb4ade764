package io.magicproxy.session;

import io.magicproxy.store.session.Journal.EventRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a run's watchers have been told, by this worker or an earlier one. Keys of events are
 *
 * <ul>
 *   <li>{@code s:2:0:#7}: the seventh saying of a branch; {@code s:2:0:#7-9} for three texts in one
 *   <li>{@code c:3@2.1#1-4}: texts of call 3, made by the second worker, in its first attempt
 *   <li>{@code x:3@…} with other letters: something else about call 3
 * </ul>
 */
final class Told {
    static final String SAYING = "s:";
    static final String CALL = "c:";
    private static final String RETRACTION = "r:";

    private final Set<String> keys = new HashSet<>();
    private final Map<String, Long> shown = new HashMap<>();
    private final Map<String, Integer> steps = new HashMap<>();

    /** The calls, or "" for the pattern itself, that text of the answer was shown of. */
    private final Set<String> answers = new HashSet<>();

    /** The path that an event's key is about: of a call, or what a branch's calls begin with. */
    static String path(String key) {
        int from = key.indexOf(':') + 1;
        int to = from;
        while (to < key.length() && key.charAt(to) != '#' && key.charAt(to) != '@') {
            to++;
        }
        return key.substring(from, to);
    }

    /** Takes in what the journal holds. */
    void remember(EventRecord event) {
        if (event.type().equals(Events.STEP) && event.key().startsWith(SAYING)) {
            steps.put(event.key(), Trees.read(event.payloadJson()).path("step").asInt());
        }
        remember(event.key(), event.type(), event.seq());
    }

    void remember(String key, String type, long seq) {
        keys.add(key);
        String path = path(key);
        if (key.startsWith(SAYING)) {
            addRange(key);
        } else if (key.startsWith(CALL)) {
            shown.putIfAbsent(path, seq);
        } else if (key.startsWith(RETRACTION)) {
            shown.remove(path);
            answers.remove(path);
        }
        if (type.equals(Events.ANSWER)) {
            answers.add(key.startsWith(CALL) ? path : "");
        }
    }

    private void addRange(String key) {
        int range = key.lastIndexOf('#');
        int dash = key.indexOf('-', range + 1);
        if (range > 0 && dash > 0) {
            int from = Integer.parseInt(key, range + 1, dash, 10);
            int to = Integer.parseInt(key, dash + 1, key.length(), 10);
            for (int n = from; n <= to; n++) {
                keys.add(key.substring(0, range + 1) + n);
            }
        }
    }

    /** False if it was told already. */
    boolean add(String key) {
        return keys.add(key);
    }

    boolean contains(String key) {
        return keys.contains(key);
    }

    /** The first event that shows a part of the call's answer, if one does. */
    Optional<Long> shown(String call) {
        return Optional.ofNullable(shown.get(call));
    }

    boolean answerShown() {
        return !answers.isEmpty();
    }

    /** The numbers of the pattern's steps, by the keys of their events. */
    Map<String, Integer> steps() {
        return Map.copyOf(steps);
    }
}
