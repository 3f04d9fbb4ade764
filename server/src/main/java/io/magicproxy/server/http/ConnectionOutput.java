package io.magicproxy.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.time.Duration;

/** A connection's answers; knows how long a write has been waiting for its client. */
final class ConnectionOutput implements DataWriter {
    /**
     * Written at once: a client that takes this much now and then is slow, and not gone. Most
     * answers are smaller.
     */
    private static final int PIECE = 64 * 1024;

    private final DataWriter out;
    private final Http10.Body unchunked = new Http10.Body();
    private boolean unchunk;
    private volatile boolean used;
    private volatile boolean writing;
    private volatile long since;

    ConnectionOutput(DataWriter out) {
        this.out = out;
    }

    /** The next request is coming. */
    void fresh() {
        used = false;
    }

    /** Whether something has been written since {@link #fresh}. */
    boolean used() {
        return used;
    }

    /** From now on, answers are written for a client that doesn't know chunks. */
    void unchunk() {
        unchunk = true;
    }

    /** Whether a write has been waiting for longer than that. */
    boolean blocked(long now, Duration limit) {
        return writing && now - since > limit.toNanos();
    }

    @Override
    public void write(BufferData... buffers) {
        for (BufferData buffer : buffers) {
            write(buffer);
        }
    }

    @Override
    public void write(BufferData buffer) {
        used = true;
        if (unchunk) {
            byte[] bytes = new byte[buffer.available()];
            int n = buffer.read(bytes);
            pieces(BufferData.create(unchunked.of(bytes, n)));
        } else {
            pieces(buffer);
        }
    }

    private void pieces(BufferData buffer) {
        while (buffer.available() > PIECE) {
            byte[] piece = new byte[PIECE];
            int n = buffer.read(piece);
            timed(BufferData.create(piece, 0, n));
        }
        timed(buffer);
    }

    private void timed(BufferData buffer) {
        since = System.nanoTime();
        writing = true;
        try {
            out.write(buffer);
        } finally {
            writing = false;
        }
    }

    @Override
    public void writeNow(BufferData... buffers) {
        write(buffers);
    }

    @Override
    public void writeNow(BufferData buffer) {
        write(buffer);
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void close() {
        out.close();
    }
}
