package io.magicproxy.pattern;

import java.util.Locale;
import java.util.Set;

/**
 * Splits a model's text into its tagged parts while it streams. Forgives: tags in any case, with
 * attributes or spaces, unclosed, nested in one another. What only looks like a tag is text, and so
 * is a tag in a string of an action's JSON.
 */
final class TagParser {
    static final String ACTION = "ACTION";
    static final String FINAL_ANSWER = "FINAL_ANSWER";

    /** Text that stands in no tag. */
    static final String NONE = "";

    /** A tag is no longer than this, attributes included; a "<" with no end by then is text. */
    private static final int MAX_TAG_CHARS = 160;

    private final Set<String> known;
    private final Listener listener;
    private final StringBuilder pending = new StringBuilder();
    private String open = NONE;
    private JsonStrings action = new JsonStrings();
    private int fed;
    private boolean done;

    /** Is told of the parts in their order. */
    interface Listener {
        void opened(String tag);

        /** More text of the part that is open; {@link #NONE} outside of all. */
        void text(String tag, String text);

        /** The part is over, by its own end tag or by what follows it. */
        void closed(String tag);
    }

    /**
     * @param known the tags to look for, in capitals
     */
    TagParser(Set<String> known, Listener listener) {
        this.known = known;
        this.listener = listener;
    }

    /** Takes more text; true once nothing that follows counts. */
    boolean feed(String text) {
        if (!done) {
            pending.append(text);
            fed += text.length();
            drain(false);
        }
        return done;
    }

    /** How much of the text counts: up to where it was done, or all. */
    int counted() {
        return done ? fed - pending.length() : fed;
    }

    /** The text is over. */
    void end() {
        if (!done) {
            drain(true);
            close();
        }
    }

    private void drain(boolean last) {
        int from = 0;
        while (!done) {
            int at = pending.indexOf("<", from);
            if (at < 0) {
                say(pending.length());
                return;
            }
            int end = end(at);
            if (end < 0 && mayBecomeTag(at)) {
                if (!last) {
                    say(at);
                    return;
                }
                dropHalfOfEndTag(at);
            }
            from = end >= 0 && take(at, end) ? 0 : at + 1;
        }
    }

    /** A text that was cut short may end with a part of its last tag. */
    private void dropHalfOfEndTag(int at) {
        String inner = pending.substring(at + 1).stripLeading();
        String name = inner.startsWith("/") ? inner.substring(1).strip() : "";
        if (!name.isEmpty() && open.startsWith(name.toUpperCase(Locale.ROOT))) {
            pending.setLength(at);
        }
    }

    /** Of the tag that begins there; -1 if it has none within its length. */
    private int end(int at) {
        for (int i = at; i < pending.length() && i - at <= MAX_TAG_CHARS; i++) {
            if (pending.charAt(i) == '>') {
                return i;
            }
        }
        return -1;
    }

    /** Handles the tag that stands there, if one does. */
    private boolean take(int at, int end) {
        String inner = pending.substring(at + 1, end).strip();
        boolean closing = inner.startsWith("/");
        String name = name(closing ? inner.substring(1).strip() : inner);
        if (!known.contains(name) || !counts(name, closing, at)) {
            return false;
        }
        say(at);
        if (!closing && open.equals(ACTION)) {
            // What follows doesn't count, this tag included.
            close();
            return true;
        }
        pending.delete(0, end - at + 1);
        close();
        if (!closing && !done) {
            begin(name);
            if (inner.endsWith("/")) {
                close();
            }
        }
        return true;
    }

    private void begin(String name) {
        open = name;
        action = new JsonStrings();
        listener.opened(name);
    }

    /** In an answer every tag but its own end is text: it may well speak of tags. */
    private boolean counts(String name, boolean closing, int at) {
        if (open.equals(FINAL_ANSWER)) {
            return closing && name.equals(FINAL_ANSWER);
        }
        if (open.equals(ACTION) && action.inStringAfter(pending, at)) {
            return closing && name.equals(ACTION) && beginsLine(at);
        }
        return !closing || name.equals(open);
    }

    /** There an end tag is one even where a quotation mark was forgotten. */
    private boolean beginsLine(int at) {
        int line = at;
        while (line > 0 && (pending.charAt(line - 1) == ' ' || pending.charAt(line - 1) == '\t')) {
            line--;
        }
        return line == 0 ? action.atLineStart() : pending.charAt(line - 1) == '\n';
    }

    private static String name(String inner) {
        int n = 0;
        while (n < inner.length()
                && (Character.isLetterOrDigit(inner.charAt(n)) || inner.charAt(n) == '_')) {
            n++;
        }
        boolean whole = n == inner.length() || " \t\r\n/".indexOf(inner.charAt(n)) >= 0;
        return whole ? inner.substring(0, n).toUpperCase(Locale.ROOT) : NONE;
    }

    private boolean mayBecomeTag(int at) {
        if (pending.length() - at > MAX_TAG_CHARS) {
            return false;
        }
        String inner = pending.substring(at + 1).stripLeading();
        String start = inner.startsWith("/") ? inner.substring(1).stripLeading() : inner;
        int n = 0;
        while (n < start.length()
                && (Character.isLetterOrDigit(start.charAt(n)) || start.charAt(n) == '_')) {
            n++;
        }
        String name = start.substring(0, n).toUpperCase(Locale.ROOT);
        return n == start.length()
                ? known.stream().anyMatch(tag -> tag.startsWith(name))
                : known.contains(name);
    }

    private void say(int until) {
        if (until > 0) {
            String text = pending.substring(0, until);
            pending.delete(0, until);
            if (open.equals(ACTION)) {
                action.feed(text);
            }
            listener.text(open, text);
        }
    }

    private void close() {
        if (!open.equals(NONE)) {
            String tag = open;
            open = NONE;
            listener.closed(tag);
            done = tag.equals(ACTION) || tag.equals(FINAL_ANSWER);
        }
    }
}
