package io.magicproxy.server.typewriter;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Texts as JSON. */
final class JsonTexts {
    private JsonTexts() {}

    /**
     * In quotes. Half of a surrogate pair, which a model may send in each of two chunks, has no
     * UTF-8 and stays an escape.
     */
    static String quoted(String text) {
        char[] escaped = JsonStringEncoder.getInstance().quoteAsString(text);
        var out = new StringBuilder(escaped.length + 2).append('"');
        for (int i = 0; i < escaped.length; i++) {
            char c = escaped[i];
            if (!Character.isSurrogate(c)) {
                out.append(c);
            } else if (i + 1 < escaped.length && Character.isSurrogatePair(c, escaped[i + 1])) {
                out.append(c).append(escaped[++i]);
            } else {
                out.append("\\u").append(Integer.toHexString(c));
            }
        }
        return out.append('"').toString();
    }
}
