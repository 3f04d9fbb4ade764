package io.magicproxy.mcp.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Lines of a stream, none of which may be too long. Read by one thread. */
final class LineReader {
    /** Of a line that is too long: enough to see what it was. */
    private static final int SEEN = 256;

    private final InputStream in;
    private final int limit;

    /** A line; of one that was too long, its beginning and end. */
    record Line(String text, boolean whole) {}

    LineReader(InputStream in, int limit) {
        this.in = new BufferedInputStream(in, 64 * 1024);
        this.limit = limit;
    }

    /** The next line, without its end; empty at the stream's end. */
    Optional<Line> next() throws IOException {
        var line = new ByteArrayOutputStream(512);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return line.size() == 0
                        ? Optional.empty()
                        : Optional.of(new Line(line.toString(UTF_8), true));
            }
            line.write(b);
            if (line.size() > limit) {
                return Optional.of(new Line(ends(line.toByteArray()), false));
            }
        }
        return Optional.of(new Line(line.toString(UTF_8), true));
    }

    /** Reads on to the line's end. */
    private String ends(byte[] beginning) throws IOException {
        byte[] last = new byte[SEEN];
        long read = 0;
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            last[(int) (read++ % SEEN)] = (byte) b;
        }
        var end = new StringBuilder(SEEN);
        for (long i = Math.max(0, read - SEEN); i < read; i++) {
            end.append((char) (last[(int) (i % SEEN)] & 0x7f));
        }
        return new String(beginning, 0, Math.min(SEEN, beginning.length), UTF_8) + "…" + end;
    }
}
