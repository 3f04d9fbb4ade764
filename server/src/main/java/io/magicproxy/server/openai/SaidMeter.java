package io.magicproxy.server.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Counts the letters that a stream has said, for when nobody tells its usage: those of the texts
 * that are an answer's, thoughts and calls of tools among them. Looks at the bytes only, since
 * every stream passes it.
 */
final class SaidMeter {
    private static final int LETTERS_PER_TOKEN = 4;

    /** With the quotation mark that ends them; the one before tells them from longer names. */
    private static final byte[][] NAMES = {
        "content\"".getBytes(US_ASCII),
        "reasoning_content\"".getBytes(US_ASCII),
        "reasoning\"".getBytes(US_ASCII),
        "arguments\"".getBytes(US_ASCII)
    };

    private long letters;

    long tokens() {
        return letters / LETTERS_PER_TOKEN;
    }

    /** Hears whole events. */
    void hear(byte[] buffer, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            if (buffer[at] == '"') {
                int text = textOf(buffer, at + 1, end);
                at = text < 0 ? at + 1 : read(buffer, text, end);
            } else {
                at++;
            }
        }
    }

    /** Where the text of the member begins whose name this is; negative if it is another one. */
    private static int textOf(byte[] buffer, int from, int end) {
        for (byte[] name : NAMES) {
            if (begins(buffer, from, end, name)) {
                int at = skip(buffer, from + name.length, end);
                if (at < end && buffer[at] == ':') {
                    at = skip(buffer, at + 1, end);
                    return at < end && buffer[at] == '"' ? at + 1 : -1;
                }
            }
        }
        return -1;
    }

    private static boolean begins(byte[] buffer, int from, int end, byte[] name) {
        if (from + name.length > end) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (buffer[from + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    private static int skip(byte[] buffer, int from, int end) {
        int at = from;
        while (at < end && buffer[at] == ' ') {
            at++;
        }
        return at;
    }

    /** Counts to the text's end. Bytes that go on with a letter are none themselves. */
    private int read(byte[] buffer, int from, int end) {
        int at = from;
        while (at < end && buffer[at] != '"') {
            if ((buffer[at] & 0xC0) != 0x80) {
                letters++;
            }
            at += buffer[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }
}
