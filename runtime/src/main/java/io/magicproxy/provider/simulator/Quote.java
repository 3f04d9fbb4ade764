package io.magicproxy.provider.simulator;

import java.util.regex.Pattern;

/** Other people's words inside of an answer. */
final class Quote {
    private static final int MAX_CHARS = 400;
    private static final Pattern TAG = Pattern.compile("</?[A-Za-z][A-Za-z0-9_]{0,40}/?>");

    private Quote() {}

    /** Without tags, which whoever reads the answer would take for the model's own. */
    static String plain(String text) {
        return TAG.matcher(text).replaceAll("").strip();
    }

    static String brief(String text) {
        return shortened(plain(text));
    }

    static String shortened(String text) {
        return text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) + "…" : text;
    }
}
