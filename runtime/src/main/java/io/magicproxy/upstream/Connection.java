package io.magicproxy.upstream;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webclient.api.ClientConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an origin, as Helidon's client wants it. Time-outs are the {@link Watchdog}'s:
 * a socket's own read time-out would start anew with each byte that trickles in.
 */
final class Connection implements ClientConnection {
    private final Origin origin;

    /**
     * Closed to break whatever uses the connection; for TLS the socket underneath, whose close
     * never waits.
     */
    private final Socket raw;

    private final HelidonSocket helidonSocket;
    private final InputStream in;
    private final OutputStream out;
    private final DataReader reader;
    private final DataWriter writer = new Writer();
    private boolean reused;
    private boolean answered;
    private volatile long idleSince;
    private volatile Optional<Attempt> user = Optional.empty();

    Connection(Origin origin, Socket raw, Socket talking, HelidonSocket helidonSocket)
            throws IOException {
        this.origin = origin;
        this.raw = raw;
        this.helidonSocket = helidonSocket;
        this.in = talking.getInputStream();
        this.out = talking.getOutputStream();
        this.reader = DataReader.create(this::pull);
    }

    Origin origin() {
        return origin;
    }

    /** Begins an attempt. */
    void lease(Attempt attempt) throws UpstreamException {
        answered = false;
        user = Optional.of(attempt);
        attempt.guard(this::closeResource);
    }

    /** Ends an attempt with the connection intact. */
    void idle() {
        user = Optional.empty();
        reused = true;
        idleSince = System.nanoTime();
    }

    Optional<Attempt> user() {
        return user;
    }

    long idleNanos(long now) {
        return now - idleSince;
    }

    /** Whether an earlier attempt has used it, so that the peer may have closed it since. */
    boolean reused() {
        return reused;
    }

    /** Whether a byte of the answer has come. */
    boolean answered() {
        return answered;
    }

    /** Reads what follows the head: first what came with it. */
    int read(byte[] buffer, int offset, int length) throws IOException {
        int early = reader.available();
        if (early == 0) {
            return in.read(buffer, offset, length);
        }
        return reader.readBuffer(Math.min(early, length)).read(buffer, offset, length);
    }

    /** Whether bytes have come that no answer accounts for. */
    boolean hasSurplus() {
        return reader.available() > 0;
    }

    @Override
    public DataReader reader() {
        return reader;
    }

    @Override
    public DataWriter writer() {
        return writer;
    }

    @Override
    public String channelId() {
        return helidonSocket.childSocketId();
    }

    @Override
    public HelidonSocket helidonSocket() {
        return helidonSocket;
    }

    @Override
    public void readTimeout(Duration readTimeout) {
        // The watchdog's task.
    }

    @Override
    public boolean allowExpectContinue() {
        return false;
    }

    /** The reply returns it to the pool, not Helidon. */
    @Override
    public void releaseResource() {}

    @Override
    public void closeResource() {
        try {
            raw.close();
        } catch (IOException e) {
            // It is of no use any more either way.
        }
    }

    private byte @Nullable [] pull() {
        // Null is Helidon's end of stream.
        byte @Nullable [] bytes = helidonSocket.get();
        answered |= bytes != null;
        return bytes;
    }

    private final class Writer implements DataWriter {
        @Override
        public void write(BufferData... buffers) {
            for (BufferData buffer : buffers) {
                write(buffer);
            }
        }

        @Override
        public void write(BufferData buffer) {
            buffer.writeTo(out);
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
            try {
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
