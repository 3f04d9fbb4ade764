package io.magicproxy.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what Helidon passes over when it reads a body in chunks: that each ends with its line
 * end, and that a size is nothing but digits. Where a proxy in front reads these another way, a
 * second request could hide in a body.
 */
final class StrictReader extends DataReader {
    private static final int LINE_END = 2;
    private static final int HEX = 16;

    @SuppressWarnings("removal") // Its factory makes no subclasses.
    StrictReader(Supplier<byte @Nullable []> bytes) {
        super(bytes);
    }

    /** Two bytes are only ever skipped where a line ends. */
    @Override
    public void skip(int length) {
        if (length == LINE_END && !startsWithNewLine()) {
            throw bad("a chunk doesn't end where its size says");
        }
        super.skip(length);
    }

    /** All that has come. */
    void discard() {
        super.skip(available());
    }

    @Override
    public BufferData readBuffer() {
        ensureAvailable();
        return readBuffer(available());
    }

    @Override
    public BufferData readBuffer(int length) {
        BufferData data = getBuffer(length);
        super.skip(length);
        return data;
    }

    /** Lines are read of chunks only. */
    @Override
    public String readLine() throws IncorrectNewLineException {
        String line = super.readLine();
        if (!line.chars().allMatch(c -> Character.digit(c, HEX) >= 0 && c < 128)) {
            throw bad(
                    "a chunk's size isn't plain hexadecimal digits, or something follows the last one");
        }
        return line;
    }

    private static RequestException bad(String message) {
        return RequestException.builder()
                .type(DirectHandler.EventType.BAD_REQUEST)
                .message(message)
                .setKeepAlive(false)
                .build();
    }
}
