package io.magicproxy.provider.simulator;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The tags that a prompt asks a model to write, in the order in which it names them.
 *
 * @param stages whether an empty action ends a stage
 */
record Tags(List<String> names, boolean stages) {
    static final String THOUGHT = "THOUGHT";
    static final String ACTION = "ACTION";
    static final String DRAFT = "DRAFT";
    static final String FINAL_ANSWER = "FINAL_ANSWER";
    static final String OBSERVATION = "OBSERVATION";

    private static final Set<String> CORE = Set.of(THOUGHT, ACTION, DRAFT, FINAL_ANSWER);
    private static final Pattern TAG = Pattern.compile("<([A-Z][A-Z0-9_]{1,40})\\s?/?>");

    /** A part of the prompt between tags that have lines of their own, set off by empty lines. */
    private static final Pattern SECTION =
            Pattern.compile("(?<![^\\n])(?:^|\\n)<([A-Z][A-Z0-9_]{1,40})>[ \\t]*\\n");

    private static final Pattern EMPTY_ACTION =
            Pattern.compile("<ACTION>\\s{0,9}</ACTION>|(?i:\\bempty\\b[^.\\n]{0,30}\\baction\\b)");

    /** No pattern has more; a search for the end of each takes time. */
    private static final int MAX_SECTIONS = 100;

    static Tags in(String prompt) {
        Set<String> names = new LinkedHashSet<>();
        TAG.matcher(prompt).results().map(m -> m.group(1)).forEach(names::add);
        names.removeAll(sections(prompt));
        names.remove(OBSERVATION);
        return new Tags(List.copyOf(names), EMPTY_ACTION.matcher(prompt).find());
    }

    private static List<String> sections(String prompt) {
        return SECTION.matcher(prompt)
                .results()
                .limit(MAX_SECTIONS)
                .filter(open -> prompt.indexOf("</" + open.group(1) + ">", open.end()) >= 0)
                .map(open -> open.group(1))
                .filter(name -> !CORE.contains(name))
                .toList();
    }

    /** What stands in each of these tags; the last one may lack its end. */
    static List<String> inner(String tag, String text) {
        List<String> found = new ArrayList<>();
        String open = "<" + tag + ">";
        String close = "</" + tag + ">";
        for (int at = text.indexOf(open); at >= 0; ) {
            int from = at + open.length();
            int end = text.indexOf(close, from);
            found.add(text.substring(from, end < 0 ? text.length() : end));
            at = end < 0 ? -1 : text.indexOf(open, end);
        }
        return found;
    }

    /** Whether the prompt wants an answer in this shape at all. */
    boolean wanted() {
        return names.stream().anyMatch(CORE::contains);
    }

    boolean has(String name) {
        return names.contains(name);
    }

    /** What a turn says before it acts. */
    List<String> beforeAction() {
        return names.stream().filter(name -> name.equals(THOUGHT) || isEarly(name)).toList();
    }

    /**
     * What the last turn says before its answer.
     *
     * @param acted whether there was a turn before, which has said what stands before the action
     */
    List<String> beforeAnswer(boolean acted) {
        return names.stream()
                .filter(name -> !name.equals(ACTION) && !name.equals(FINAL_ANSWER))
                .filter(name -> !acted || name.equals(THOUGHT) || !isEarly(name))
                .toList();
    }

    private boolean isEarly(String name) {
        return !CORE.contains(name) && names.indexOf(name) < names.indexOf(ACTION);
    }
}
