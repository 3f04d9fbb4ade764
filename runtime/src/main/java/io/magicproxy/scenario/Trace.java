package io.magicproxy.scenario;

import java.util.ArrayList;
import java.util.List;

/** What a run did, a line for each step, call and event. */
public final class Trace {
    private static final int SHOWN = 100;

    private final List<String> lines = new ArrayList<>();

    public synchronized void add(String line) {
        lines.add(line);
    }

    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** The text's beginning, on one line. */
    public static String head(String text) {
        String flat = text.strip().replaceAll("\\s+", " ");
        return flat.length() <= SHOWN ? flat : flat.substring(0, SHOWN) + " …";
    }

    /** The text's end, on one line. */
    public static String tail(String text) {
        String flat = text.strip().replaceAll("\\s+", " ");
        return flat.length() <= SHOWN ? flat : "… " + flat.substring(flat.length() - SHOWN);
    }
}
