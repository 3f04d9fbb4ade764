package io.magicproxy.server.typewriter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a reader takes for one character: a letter with its accents, a flag, a family of emoji that
 * are joined.
 */
final class Graphemes {
    /** Nothing legible is longer; a letter under a thousand accents is cut. */
    static final int LONGEST = 256;

    private static final Pattern CLUSTER = Pattern.compile("\\X");

    private Graphemes() {}

    /** Where the cluster ends that begins at a place before the text's end. */
    static int end(CharSequence text, int from) {
        if (plain(text, from) && (from + 1 == text.length() || plain(text, from + 1))) {
            return from + 1;
        }
        int to = Math.min(text.length(), from + LONGEST);
        if (to < text.length() && Character.isSurrogatePair(text.charAt(to - 1), text.charAt(to))) {
            to++;
        }
        Matcher cluster = CLUSTER.matcher(text).region(from, to);
        return cluster.lookingAt() ? cluster.end() : to;
    }

    private static boolean plain(CharSequence text, int at) {
        char c = text.charAt(at);
        return c >= ' ' && c < 0x7F;
    }
}
