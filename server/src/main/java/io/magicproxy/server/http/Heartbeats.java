package io.magicproxy.server.http;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Gives streams that are silent for a while a sign of life, so that no proxy on the way takes them
 * for dead.
 */
public final class Heartbeats implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(200);

    private final Supplier<Silence> silence;
    private final Set<SseWriter> open = ConcurrentHashMap.newKeySet();
    private final Thread sweeper;
    private volatile boolean closed;

    /**
     * How long a stream may be silent; absent: for ever.
     *
     * @param atFirst before it begins: its status and headers go with the first sign of life
     */
    public record Silence(Optional<Duration> atFirst, Optional<Duration> later) {}

    /** A stream's place in the round. */
    @FunctionalInterface
    interface Registration {
        void close();
    }

    /** Starts the round. */
    public Heartbeats(Supplier<Silence> silence) {
        this.silence = silence;
        this.sweeper = Thread.ofPlatform().daemon().name("heartbeats").start(this::sweep);
    }

    Registration register(SseWriter writer) {
        open.add(writer);
        return () -> open.remove(writer);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(sweeper);
    }

    private void sweep() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK.toNanos());
            beatTheSilent(silence.get());
        }
    }

    private void beatTheSilent(Silence allowed) {
        for (SseWriter writer : open) {
            Optional<Duration> after = writer.begun() ? allowed.later() : allowed.atFirst();
            if (after.isPresent() && writer.silentFor(after.get())) {
                // A client that doesn't read would hold up the round.
                Thread.ofVirtual().name("heartbeat").start(writer::beat);
            }
        }
    }
}
