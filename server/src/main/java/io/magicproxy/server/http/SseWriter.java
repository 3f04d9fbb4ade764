package io.magicproxy.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer's events, each batch at once. Blocks while the client is slow, so that nothing
 * piles up; in silences a comment shows that the connection lives.
 */
public final class SseWriter implements AutoCloseable {
    private static final Header CONTENT_TYPE =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    private static final Header NO_CACHE =
            HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-cache");

    /** Tells nginx not to collect the events. */
    private static final Header NO_BUFFERING = HeaderValues.createCached("x-accel-buffering", "no");

    private static final byte[] HEARTBEAT = ": \n\n".getBytes(US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END = "\n\n".getBytes(US_ASCII);

    private final ServerResponse response;
    private final Heartbeats.Registration heartbeat;
    private final ReentrantLock writing = new ReentrantLock();
    private @Nullable OutputStream out;
    private boolean ended;
    private volatile boolean begun;
    private volatile long lastWrite = System.nanoTime();

    /** Sends status and headers with the first event, or with the first heartbeat. */
    public SseWriter(ServerResponse response, Heartbeats heartbeats) {
        this.response = response;
        this.heartbeat = heartbeats.register(this);
    }

    /** Adds to the headers, unless they are sent already. */
    public void headers(Runnable adding) {
        writing.lock();
        try {
            if (!begun) {
                adding.run();
            }
        } finally {
            writing.unlock();
        }
    }

    /**
     * Gives the answer back.
     *
     * @return whether it can be another one than a stream; false if it has begun already
     */
    public boolean withdraw() {
        writing.lock();
        try {
            ended |= !begun;
            return !begun;
        } finally {
            writing.unlock();
        }
    }

    /**
     * Writes whole events.
     *
     * @throws UncheckedIOException if the client has gone
     */
    public void write(byte[] events, int offset, int length) {
        writing.lock();
        try {
            send(events, offset, length);
        } finally {
            writing.unlock();
        }
    }

    private void send(byte[] events, int offset, int length) {
        try {
            OutputStream stream = stream();
            stream.write(events, offset, length);
            stream.flush();
            lastWrite = System.nanoTime();
        } catch (IOException | ServerConnectionException e) {
            throw gone(e);
        }
    }

    private OutputStream stream() {
        OutputStream stream = out;
        if (stream == null) {
            response.header(CONTENT_TYPE).header(NO_CACHE).header(NO_BUFFERING);
            stream = response.outputStream();
            out = stream;
            begun = true;
        }
        return stream;
    }

    private static UncheckedIOException gone(Exception e) {
        return new UncheckedIOException(new IOException("the client has left the stream", e));
    }

    /** OpenAI's end mark: the answer is complete, and the body ends. */
    public void done() {
        heartbeat.close();
        write(DONE, 0, DONE.length);
        close();
    }

    /** The answer is not complete, and why. No end mark follows; the body ends. */
    public void error(ApiError error) {
        heartbeat.close();
        RequestInfo.current().failedWith(error.status());
        byte[] json = error.json();
        byte[] event = new byte[DATA.length + json.length + END.length];
        System.arraycopy(DATA, 0, event, 0, DATA.length);
        System.arraycopy(json, 0, event, DATA.length, json.length);
        System.arraycopy(END, 0, event, DATA.length + json.length, END.length);
        write(event, 0, event.length);
        close();
    }

    /** Ends the body, if that isn't done. */
    @Override
    public void close() {
        heartbeat.close();
        writing.lock();
        try {
            OutputStream stream = out;
            if (stream != null && !ended) {
                stream.close();
            }
        } catch (IOException | ServerConnectionException e) {
            throw gone(e);
        } finally {
            ended = true;
            writing.unlock();
        }
    }

    boolean begun() {
        return begun;
    }

    boolean silentFor(Duration time) {
        return System.nanoTime() - lastWrite > time.toNanos();
    }

    /** A comment, unless something is being written. */
    void beat() {
        if (!writing.tryLock()) {
            return;
        }
        try {
            if (!ended) {
                send(HEARTBEAT, 0, HEARTBEAT.length);
            }
        } catch (RuntimeException e) {
            // The writer's own thread will see that the client has gone.
        } finally {
            writing.unlock();
        }
    }
}
