package io.magicproxy.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

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

    private final OutputStream out;
    private final Heartbeats.Registration heartbeat;
    private final ReentrantLock writing = new ReentrantLock();
    private volatile long lastWrite = System.nanoTime();

    /** Sends status and headers with the first event. */
    public SseWriter(ServerResponse response, Heartbeats heartbeats) {
        response.header(CONTENT_TYPE).header(NO_CACHE).header(NO_BUFFERING);
        this.out = response.outputStream();
        this.heartbeat = heartbeats.register(this);
    }

    /**
     * Writes whole events.
     *
     * @throws UncheckedIOException if the client has gone
     */
    public void write(byte[] events, int offset, int length) {
        writing.lock();
        try {
            out.write(events, offset, length);
            out.flush();
            lastWrite = System.nanoTime();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writing.unlock();
        }
    }

    /** OpenAI's end mark: the answer is complete. */
    public void done() {
        write(DONE, 0, DONE.length);
    }

    /** The answer is not complete, and why. No end mark follows. */
    public void error(ApiError error) {
        byte[] json = error.json();
        byte[] event = new byte[DATA.length + json.length + END.length];
        System.arraycopy(DATA, 0, event, 0, DATA.length);
        System.arraycopy(json, 0, event, DATA.length, json.length);
        System.arraycopy(END, 0, event, DATA.length + json.length, END.length);
        write(event, 0, event.length);
    }

    /** Ends the body. */
    @Override
    public void close() {
        heartbeat.close();
        writing.lock();
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writing.unlock();
        }
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
            out.write(HEARTBEAT);
            out.flush();
            lastWrite = System.nanoTime();
        } catch (IOException | RuntimeException e) {
            // The writer's own thread will see that the client has gone.
        } finally {
            writing.unlock();
        }
    }
}
