package io.magicproxy.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, request after request: how long each may take to arrive and its answer to
 * be read, and which one is the last.
 *
 * <p>Helidon itself waits for a request's bytes for ever, and goes on with a connection that it has
 * announced to close.
 */
final class ClientConnection implements Supplier<byte @Nullable []>, ClientPresence {
    /**
     * How long the rest of a body is read that nobody wants, so that the client reads the answer.
     */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final ConnectionInput input;
    private final StrictReader reader = new StrictReader(this);
    private final ConnectionOutput output;
    private final HelidonSocket socket;
    private final Supplier<Limits> limits;
    private final AtomicBoolean dropped = new AtomicBoolean();
    private boolean first = true;
    private boolean lost;
    private volatile boolean old;
    private volatile boolean unread;
    private volatile boolean reading;
    private volatile Stage stage = Stage.IDLE;
    private volatile Until readUntil;

    /**
     * How long a client may take.
     *
     * @param requestRead for a request's head to arrive
     * @param responseWrite to take the next part of its answer
     */
    record Limits(Duration requestRead, Duration responseWrite) {}

    private enum Stage {
        /** Between two requests. */
        IDLE,
        /** The head of a request is coming. */
        HEAD,
        /** A request is being handled. */
        HANDLED,
        /** The last request has been answered. */
        LAST
    }

    /** A time, or none. */
    private record Until(boolean set, long nanos) {
        static final Until NEVER = new Until(false, 0);

        static Until in(Duration time) {
            return new Until(true, System.nanoTime() + time.toNanos());
        }

        boolean over(long now) {
            return set && now - nanos > 0;
        }
    }

    /**
     * Takes over a connection.
     *
     * @param identified holds the bytes that were read to find out which protocol it speaks
     */
    ClientConnection(
            DataReader identified, DataWriter out, HelidonSocket socket, Supplier<Limits> limits) {
        this.input = new ConnectionInput(identified, socket);
        this.output = new ConnectionOutput(out);
        this.socket = socket;
        this.limits = limits;
        this.readUntil = Until.in(limits.get().requestRead());
    }

    /** What Helidon reads requests from. */
    DataReader reader() {
        return reader;
    }

    DataWriter output() {
        return output;
    }

    /** The connection's own read; null is Helidon's end of stream. */
    @Override
    public byte @Nullable [] get() {
        if (stage == Stage.LAST) {
            drain();
            return null;
        }
        byte @Nullable [] bytes = read();
        if (bytes == null) {
            if (stage == Stage.IDLE) {
                return null;
            }
            throw new CloseConnectionException("the client left in the middle of its request");
        }
        if (stage == Stage.IDLE) {
            stage = Stage.HEAD;
            readUntil = Until.in(limits.get().requestRead());
            if (!unread) {
                output.fresh();
            }
        }
        return first ? firstLine(bytes) : bytes;
    }

    /** Whoever reads must see its failures as the connection's end, not as failures of ours. */
    private byte @Nullable [] read() {
        reading = true;
        try {
            return input.get();
        } catch (ServerConnectionException e) {
            throw new CloseConnectionException(String.valueOf(e.getMessage()), e);
        } finally {
            reading = false;
        }
    }

    /** Helidon refuses HTTP/1.0, which nginx speaks to its upstreams unless told otherwise. */
    private byte[] firstLine(byte[] bytes) {
        first = false;
        byte[] line = bytes;
        while (!Http10.hasLine(line)) {
            byte @Nullable [] more = read();
            if (more == null) {
                return line;
            }
            line = Http10.joined(line, more);
        }
        if (Http10.raised(line)) {
            old = true;
            output.unchunk();
        }
        return line;
    }

    /** A close with bytes unread would reset the connection, and take the answer away. */
    private void drain() {
        if (!unread) {
            return;
        }
        byte @Nullable [] bytes = read();
        while (bytes != null) {
            bytes = read();
        }
    }

    @Override
    public Registration onGone(Runnable action) {
        return input.onGone(action);
    }

    /** Whether the client speaks HTTP/1.0. */
    boolean old() {
        return old;
    }

    /** The head is here. */
    void begun() {
        stage = Stage.HANDLED;
        unread = false;
        readUntil = Until.NEVER;
    }

    /** What follows is no request, whatever it looks like. */
    void lostTrack() {
        lost = true;
    }

    /** Whether it isn't known where the next request would begin. */
    boolean hasLostTrack() {
        return lost;
    }

    /** What is read from now on must be here in that time. */
    void readWithin(Duration time) {
        readUntil = Until.in(time);
    }

    /**
     * The request is handled.
     *
     * @param last whether the connection is to be closed
     * @param bodyUnread whether bytes of its body may still come
     */
    void done(boolean last, boolean bodyUnread) {
        unread = bodyUnread;
        readUntil = bodyUnread ? Until.in(last ? LINGER : limits.get().requestRead()) : Until.NEVER;
        if (last || old) {
            stage = Stage.LAST;
            // Neither the rest of its body nor what came after it is a request.
            reader.discard();
        } else {
            stage = Stage.IDLE;
        }
    }

    /** Whether a request is being handled, however long it takes. */
    boolean busy() {
        return stage == Stage.HANDLED;
    }

    /** Looks whether somebody has waited too long. */
    void sweep(long now, Limits limits) {
        input.watchIfWaitedFor();
        if (reading && readUntil.over(now)) {
            drop(stage != Stage.IDLE && !output.used());
        } else if (output.blocked(now, limits.responseWrite())) {
            drop(false);
        }
    }

    boolean watched() {
        return input.watched();
    }

    /** Its thread is blocked on the socket, so another one ends it. */
    private void drop(boolean answer) {
        if (dropped.compareAndSet(false, true)) {
            Thread.ofVirtual()
                    .name("late-client")
                    .start(() -> {
                        try {
                            if (answer) {
                                socket.write(BufferData.create(ErrorAnswers.late()));
                            }
                        } finally {
                            close();
                        }
                    });
        }
    }

    private void close() {
        try {
            socket.close();
        } catch (UncheckedIOException e) {
            // Its own thread, or the client, was quicker.
        }
    }
}
