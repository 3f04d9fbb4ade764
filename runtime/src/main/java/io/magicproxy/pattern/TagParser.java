package io.magicproxy.pattern;

import java.util.Locale;
import java.util.Set;

/**
 * Splits a model's text into its tagged parts while it streams. Forgives: tags in any case, with
 * attributes or spaces, unclosed, nested in one another. What only looks like a tag is text.
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
            if (end < 0) {
                if (!last && mayBecomeTag(at)) {
                    say(at);
                    return;
                }
                from = at + 1;
                continue;
            }
            if (!take(at, end)) {
                from = at + 1;
            } else {
                from = 0;
            }
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
        if (!known.contains(name) || !counts(name, closing)) {
            return false;
        }
        say(at);
        pending.delete(0, end - at + 1);
        close();
        if (!closing && !done) {
            open = name;
            listener.opened(name);
            if (inner.endsWith("/")) {
                close();
            }
        }
        return true;
    }

    /** In an answer every tag but its own end is text: it may well speak of tags. */
    private boolean counts(String name, boolean closing) {
        if (open.equals(FINAL_ANSWER)) {
            return closing && name.equals(FINAL_ANSWER);
        }
        return !closing || name.equals(open);
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
