package io.magicproxy.pattern;

/** Knows, while JSON comes, whether it is in the middle of one of its strings. */
final class JsonStrings {
    private int depth;
    private boolean quoted;
    private boolean escaped;
    private boolean over;
    private boolean lineStart = true;

    void feed(CharSequence text) {
        feed(text, text.length());
    }

    private void feed(CharSequence text, int until) {
        for (int i = 0; i < until; i++) {
            take(text.charAt(i));
        }
    }

    /** After that much more text, which isn't taken yet. */
    boolean inStringAfter(CharSequence more, int until) {
        var copy = new JsonStrings();
        copy.depth = depth;
        copy.quoted = quoted;
        copy.escaped = escaped;
        copy.over = over;
        copy.feed(more, until);
        return copy.quoted;
    }

    /** Whether nothing but spaces stands in the line yet. */
    boolean atLineStart() {
        return lineStart;
    }

    private void take(char c) {
        lineStart = c == '\n' || (lineStart && (c == ' ' || c == '\t'));
        if (over) {
            return;
        }
        if (quoted) {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            // Before the first brace stands prose.
            quoted = depth > 0;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && depth > 0) {
            over = --depth == 0;
        }
    }
}
