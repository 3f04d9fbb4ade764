package io.magicproxy.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection of a {@link ScriptedUpstream}. Every wait is a read, so that the peer's leaving is
 * seen at once.
 */
final class ScriptedConnection implements AutoCloseable {
    private final Socket socket;
    private final int number;
    private final PushbackInputStream in;
    private final OutputStream out;
    private final AtomicLong sent;
    private final CompletableFuture<Instant> closed = new CompletableFuture<>();

    /**
     * Takes over a connection.
     *
     * @param sent counts the bytes that are sent
     */
    ScriptedConnection(Socket socket, int number, AtomicLong sent) throws IOException {
        this.socket = socket;
        this.sent = sent;
        this.number = number;
        this.in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = socket.getOutputStream();
    }

    /** The next request; empty when the peer has closed. */
    Optional<ReceivedRequest> read() throws IOException {
        String first = line();
        if (first.isEmpty()) {
            return Optional.empty();
        }
        String[] prologue = first.split(" ", 3);
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return Optional.of(
                new ReceivedRequest(
                        prologue[0],
                        prologue[1],
                        headers,
                        new String(body, UTF_8),
                        number,
                        closed));
    }

    /** Does what the reply says; true if the connection lives on. */
    boolean play(Reply reply) throws IOException {
        pause(reply.before());
        List<byte[]> parts = reply.parts();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                pause(reply.between());
            }
            send(parts.get(i));
        }
        return switch (reply.ending()) {
            case KEEP_ALIVE -> true;
            case CLOSE -> false;
            case RESET -> {
                socket.setSoLinger(true, 0);
                yield false;
            }
            case HANG -> {
                pause(Duration.ofHours(1));
                yield false;
            }
            case REPEAT -> {
                while (true) {
                    pause(reply.between());
                    send(parts.getLast());
                }
            }
        };
    }

    @Override
    public void close() throws IOException {
        closed.complete(Instant.now());
        socket.close();
    }

    private void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        sent.addAndGet(bytes.length);
    }

    private void pause(Duration wait) throws IOException {
        if (wait.isZero()) {
            return;
        }
        socket.setSoTimeout((int) wait.toMillis());
        try {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the peer has left");
            }
            in.unread(next);
        } catch (SocketTimeoutException e) {
            // The wait is over and the peer is still there.
        } finally {
            socket.setSoTimeout(0);
        }
    }

    private String line() throws IOException {
        var text = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            text.append((char) b);
        }
        int end = text.length();
        return end > 0 && text.charAt(end - 1) == '\r'
                ? text.substring(0, end - 1)
                : text.toString();
    }
}
