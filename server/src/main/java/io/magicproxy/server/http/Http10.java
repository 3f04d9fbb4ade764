package io.magicproxy.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;

/**
 * HTTP/1.0 for a server that knows 1.1 only: its request line is raised, and its answers come
 * without chunks; the connection's end is the body's.
 */
final class Http10 {
    private static final byte[] VERSION = "HTTP/1.0\r\n".getBytes(ISO_8859_1);

    /** The server refuses longer request lines; it is left to that. */
    private static final int MAX_LINE = 8 * 1024;

    private Http10() {}

    /** Whether the request line is here as a whole, or too long to be waited for. */
    static boolean hasLine(byte[] head) {
        return lineEnd(head) >= 0 || head.length > MAX_LINE;
    }

    static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Makes an HTTP/1.0 request line one of 1.1, in place; false if it is another. */
    static boolean raised(byte[] head) {
        int end = lineEnd(head) + 1;
        int start = end - VERSION.length;
        if (start < 0 || !Arrays.equals(head, start, end, VERSION, 0, VERSION.length)) {
            return false;
        }
        head[end - 3] = '1';
        return true;
    }

    private static int lineEnd(byte[] head) {
        for (int i = 0; i < head.length; i++) {
            if (head[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** An answer of 1.1, as it is written, made one of 1.0. */
    static final class Body {
        private static final String CHUNKED = "\r\ntransfer-encoding: chunked\r\n";

        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private Part part = Part.HEAD;
        private int left;

        private enum Part {
            HEAD,
            SIZE,
            DATA,
            DATA_END,
            PLAIN,
            TRAILER
        }

        /** What of these bytes is for the client. */
        byte[] of(byte[] bytes, int length) {
            var out = new ByteArrayOutputStream(length);
            for (int at = 0; at < length; ) {
                if (part == Part.PLAIN || part == Part.TRAILER) {
                    if (part == Part.PLAIN) {
                        out.write(bytes, at, length - at);
                    }
                    return out.toByteArray();
                }
                if (part == Part.DATA) {
                    int n = Math.min(left, length - at);
                    out.write(bytes, at, n);
                    at += n;
                    left -= n;
                    part = left == 0 ? Part.DATA_END : Part.DATA;
                } else {
                    line.write(bytes[at]);
                    if (bytes[at++] == '\n') {
                        lineOrHead(out);
                    }
                }
            }
            return out.toByteArray();
        }

        private void lineOrHead(ByteArrayOutputStream out) {
            String text = line.toString(ISO_8859_1);
            if (!text.endsWith(part == Part.HEAD ? "\r\n\r\n" : "\r\n")) {
                return;
            }
            line.reset();
            switch (part) {
                case HEAD -> head(text, out);
                case SIZE -> {
                    left = Integer.parseInt(text.strip(), 16);
                    part = left == 0 ? Part.TRAILER : Part.DATA;
                }
                case DATA_END -> part = Part.SIZE;
                case DATA, PLAIN, TRAILER -> throw new IllegalStateException("has no lines");
            }
        }

        private void head(String text, ByteArrayOutputStream out) {
            if (text.startsWith("HTTP/1.1 1")) {
                // Interim answers came with 1.1.
                return;
            }
            int chunked = text.toLowerCase(Locale.ROOT).indexOf(CHUNKED);
            part = chunked < 0 ? Part.PLAIN : Part.SIZE;
            String kept =
                    chunked < 0
                            ? text
                            : text.substring(0, chunked)
                                    + text.substring(chunked + CHUNKED.length() - 2);
            out.writeBytes(kept.getBytes(ISO_8859_1));
        }
    }
}
