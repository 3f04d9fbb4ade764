package io.magicproxy.server.http;

/** Foreign text made fit for messages and logs. */
public final class Texts {
    private static final int MAX_CHARS = 200;

    private Texts() {}

    /**
     * Without control characters, which could forge a log line or move a terminal's cursor; cut to
     * 200 characters.
     */
    public static String printable(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .limit(MAX_CHARS)
                .forEach(c -> out.appendCodePoint(isControl(c) ? '\uFFFD' : c));
        return text.codePointCount(0, text.length()) > MAX_CHARS
                ? out.append('…').toString()
                : out.toString();
    }

    /** Fit for a header's value: what isn't plain ASCII becomes "?". */
    public static String ascii(String text) {
        return printable(text).replaceAll("[^\\x20-\\x7E]", "?");
    }

    private static boolean isControl(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> false;
        };
    }
}
