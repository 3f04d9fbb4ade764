package io.magicproxy.pattern.scenario;

import java.util.ArrayList;
import java.util.List;

/** What a run did, a line for each step, call and event. */
final class Trace {
    private static final int SHOWN = 100;

    private final List<String> lines = new ArrayList<>();

    synchronized void add(String line) {
        lines.add(line);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** The text's beginning, on one line. */
    static String head(String text) {
        String flat = text.strip().replaceAll("\\s+", " ");
        return flat.length() <= SHOWN ? flat : flat.substring(0, SHOWN) + " …";
    }

    /** The text's end, on one line. */
    static String tail(String text) {
        String flat = text.strip().replaceAll("\\s+", " ");
        return flat.length() <= SHOWN ? flat : "… " + flat.substring(flat.length() - SHOWN);
    }
}
