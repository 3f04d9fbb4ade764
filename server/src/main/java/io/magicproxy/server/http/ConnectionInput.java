package io.magicproxy.server.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ServerConnectionException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection's bytes, with one reader at a time: its own thread, or a watcher while a handler
 * waits. What the watcher reads (a pipelined request) is kept for the connection's own next read;
 * the end of the stream is what it looks for.
 */
final class ConnectionInput implements Supplier<byte @Nullable []> {
    /**
     * A client that sends more than this ahead isn't watched any further: its bytes stay in the
     * kernel.
     */
    private static final int MAX_KEPT = 64 * 1024;

    private final DataReader identified;
    private final HelidonSocket socket;
    private final Queue<byte[]> kept = new ArrayDeque<>();
    private final List<Interest> interests = new ArrayList<>(1);
    private int keptBytes;
    private boolean reading;
    private boolean watched;
    private boolean ended;
    private Optional<ServerConnectionException> failure = Optional.empty();

    /**
     * Takes over a connection.
     *
     * @param identified holds the bytes that were read to find out which protocol it speaks
     */
    ConnectionInput(DataReader identified, HelidonSocket socket) {
        this.identified = identified;
        this.socket = socket;
    }

    /** The connection's own read; null is Helidon's end of stream. */
    @Override
    public byte @Nullable [] get() {
        int early = identified.available();
        if (early > 0) {
            return identified.readBuffer(early).readBytes();
        }
        synchronized (this) {
            awaitBytesOrTurn();
            byte[] bytes = kept.poll();
            if (bytes != null) {
                keptBytes -= bytes.length;
                return bytes;
            }
            if (ended) {
                return endOfStream();
            }
            reading = true;
        }
        byte @Nullable [] bytes = read();
        synchronized (this) {
            reading = false;
        }
        return bytes;
    }

    ClientPresence.Registration onGone(Runnable action) {
        var interest = new Interest(action);
        synchronized (this) {
            if (!ended) {
                interests.add(interest);
                return interest;
            }
        }
        action.run();
        return interest;
    }

    /** Starts a watcher if a handler has been waiting since the last call. */
    void watchIfWaitedFor() {
        synchronized (this) {
            boolean waitedFor = false;
            for (Interest interest : interests) {
                waitedFor |= interest.old;
                interest.old = true;
            }
            if (!waitedFor || reading || ended || keptBytes > MAX_KEPT) {
                return;
            }
            reading = true;
            watched = true;
        }
        Thread.ofVirtual().name("client-watcher").start(this::watch);
    }

    synchronized boolean watched() {
        return watched;
    }

    private void watch() {
        byte @Nullable [] bytes;
        try {
            bytes = read();
        } catch (ServerConnectionException e) {
            // Kept by read() for the connection's own thread.
            return;
        }
        if (bytes != null) {
            keep(bytes);
        }
    }

    private synchronized void keep(byte[] bytes) {
        kept.add(bytes);
        keptBytes += bytes.length;
        reading = false;
        watched = false;
        notifyAll();
    }

    private byte @Nullable [] read() {
        try {
            byte @Nullable [] bytes = socket.get();
            while (bytes != null && bytes.length == 0) {
                // TLS gives this for a record without data, such as the one that announces the end.
                bytes = socket.get();
            }
            if (bytes == null) {
                end(Optional.empty());
            }
            return bytes;
        } catch (RuntimeException e) {
            var lost = new ServerConnectionException("the client's connection broke", e);
            end(Optional.of(lost));
            throw lost;
        }
    }

    private void end(Optional<ServerConnectionException> why) {
        List<Interest> due;
        synchronized (this) {
            ended = true;
            failure = why;
            reading = false;
            watched = false;
            due = List.copyOf(interests);
            interests.clear();
            notifyAll();
        }
        due.forEach(interest -> interest.action.run());
    }

    private byte @Nullable [] endOfStream() {
        if (failure.isPresent()) {
            throw failure.get();
        }
        return null;
    }

    /** What is kept comes first: a watcher may be waiting already for what follows it. */
    private void awaitBytesOrTurn() {
        try {
            while (kept.isEmpty() && !ended && reading) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerConnectionException("the server is shutting down", e);
        }
    }

    private final class Interest implements ClientPresence.Registration {
        private final Runnable action;
        private boolean old;

        Interest(Runnable action) {
            this.action = action;
        }

        @Override
        public void close() {
            synchronized (ConnectionInput.this) {
                interests.remove(this);
            }
        }
    }
}
