package io.magicproxy.server.boot;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HexFormat;

/** Makes of what anybody may have written a text that keeps to its line and its terminal's ways. */
final class LogText {
    private static final HexFormat HEX = HexFormat.of();

    private LogText() {}

    /**
     * With escapes, as JSON has them, for whatever a terminal or a reader of lines takes for a
     * command: control characters, line ends of all sorts, marks that turn the text's direction.
     */
    static String escaped(String text) {
        int first = 0;
        while (first < text.length() && plain(text.charAt(first))) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        var out = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (plain(c)) {
                out.append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\t') {
                out.append("\\t");
            } else {
                out.append("\\u").append(HEX.toHexDigits(c));
            }
        }
        return out.toString();
    }

    private static boolean plain(char c) {
        if (c < 0x7f) {
            return c >= ' ';
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString().strip();
    }
}
