package io.magicproxy.mcp;

import java.time.Duration;

/** Reads the messages of one stream, in order. One reader at a time: a newer one takes over. */
public final class EventReader implements AutoCloseable {
    private final EventLog log;
    private final boolean resumable;
    private volatile long position;

    /** What there is to write next. */
    public sealed interface Next {
        /**
         * A message.
         *
         * @param id for {@code Last-Event-ID}
         * @param last whether it is the answer to the stream's request
         */
        record Event(String id, byte[] json, boolean last) implements Next {}

        /** Nothing came in that time. */
        record Silence() implements Next {}

        /** Nothing more will come here. */
        record End() implements Next {}
    }

    EventReader(EventLog log, long position, boolean resumable) {
        this.log = log;
        this.position = position;
        this.resumable = resumable;
    }

    /** The client is given an event stream, so that it can come back for what it misses. */
    public void streaming() {
        log.streamed();
    }

    /** The place before the next message, for {@code Last-Event-ID}. */
    public String position() {
        return log.id(position);
    }

    long place() {
        return position;
    }

    void moveTo(long place) {
        position = place;
    }

    /** Whether the client knows what to do with an event that holds nothing but its place. */
    public boolean resumable() {
        return resumable;
    }

    /** Waits for the next message, at most so long. */
    public Next next(Duration wait) {
        return log.next(this, wait);
    }

    /** Nobody reads here any more; {@link #next} returns at once. Any thread. */
    public void leave() {
        log.leave(this);
    }

    /** Nobody reads, and nobody can come back: the request of this stream is given up. */
    public void abandon() {
        log.leave(this);
        log.abandon();
    }

    @Override
    public void close() {
        leave();
    }
}
