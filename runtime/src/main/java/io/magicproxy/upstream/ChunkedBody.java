package io.magicproxy.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;

/**
 * A body in chunks. Several chunks that came in one read are given out in one read; memory is one
 * buffer.
 */
final class ChunkedBody extends Body {
    private static final int BUFFER = 8 * 1024;
    private static final int MAX_LINE = 4 * 1024;
    private static final long MAX_CHUNK = Long.MAX_VALUE >> 8;

    private final Connection connection;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;
    private State state = State.SIZE;
    private long left;
    private int line;

    private enum State {
        /** In the hexadecimal size. */
        SIZE,
        /** In what follows the size: an extension, or the carriage return. */
        EXTENSION,
        DATA,
        /** In the line end after a chunk's data. */
        AFTER_DATA,
        /** At a trailer's first byte. */
        TRAILER_START,
        TRAILER,
        ENDED
    }

    ChunkedBody(Connection connection) {
        this.connection = connection;
    }

    @Override
    boolean ended() {
        return state == State.ENDED;
    }

    /** Whether bytes have come after the end. */
    boolean hasSurplus() {
        return position < limit;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int copied = 0;
        while (copied < length && state != State.ENDED) {
            if (position == limit) {
                if (copied > 0) {
                    return copied;
                }
                fill();
            }
            if (state == State.DATA) {
                copied += copy(target, offset + copied, length - copied);
            } else {
                frame(buffer[position++]);
            }
        }
        return copied == 0 ? -1 : copied;
    }

    private void fill() throws IOException {
        int n = connection.read(buffer, 0, BUFFER);
        if (n < 0) {
            throw new EOFException("closed in the middle of the answer");
        }
        position = 0;
        limit = n;
    }

    private int copy(byte[] target, int offset, int length) {
        int n = (int) Math.min(left, Math.min(length, limit - position));
        System.arraycopy(buffer, position, target, offset, n);
        position += n;
        left -= n;
        if (left == 0) {
            state = State.AFTER_DATA;
        }
        return n;
    }

    private void frame(byte b) throws ProtocolException {
        if (++line > MAX_LINE) {
            throw new ProtocolException(
                    "a chunk's size or trailer is longer than " + MAX_LINE + " bytes");
        }
        switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> {
                if (b == '\n') {
                    begin();
                }
            }
            case AFTER_DATA -> afterData(b);
            case TRAILER_START -> {
                if (b == '\n') {
                    state = State.ENDED;
                } else if (b != '\r') {
                    state = State.TRAILER;
                }
            }
            case TRAILER -> {
                if (b == '\n') {
                    state = State.TRAILER_START;
                }
            }
            case DATA, ENDED -> throw new IllegalStateException("no framing in " + state);
        }
    }

    private void size(byte b) throws ProtocolException {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            if (left > MAX_CHUNK) {
                throw new ProtocolException("a chunk's size is out of bounds");
            }
            left = left << 4 | digit;
        } else if (line == 1 || (b != '\r' && b != ';' && b != ' ' && b != '\n')) {
            throw new ProtocolException("where a chunk's size should stand is something else");
        } else if (b == '\n') {
            begin();
        } else {
            state = State.EXTENSION;
        }
    }

    private void begin() {
        line = 0;
        state = left == 0 ? State.TRAILER_START : State.DATA;
    }

    private void afterData(byte b) throws ProtocolException {
        if (b == '\n') {
            line = 0;
            state = State.SIZE;
        } else if (b != '\r' || line > 1) {
            throw new ProtocolException("a chunk is longer than its size says");
        }
    }
}
