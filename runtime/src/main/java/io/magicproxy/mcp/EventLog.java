package io.magicproxy.mcp;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * The messages of one stream, kept so that a client can come back for what it missed. Bounded: of
 * what nobody reads in time the oldest is dropped.
 */
final class EventLog {
    private static final int MAX_EVENTS = 500;
    private static final int MAX_BYTES = 2 * 1024 * 1024;

    private final int number;
    private final InstantSource clock;
    private final Deque<Kept> kept = new ArrayDeque<>();
    private Optional<EventReader> reader = Optional.empty();
    private Optional<Instant> unreadSince;
    private Runnable onAbandon = () -> {};
    private long newest;
    private long delivered;
    private int bytes;
    private boolean ended;
    private boolean streamed;

    private record Kept(long place, byte[] json, boolean last) {}

    /**
     * @param number unique in its session
     */
    EventLog(int number, InstantSource clock) {
        this.number = number;
        this.clock = clock;
        this.unreadSince = Optional.of(clock.instant());
    }

    int number() {
        return number;
    }

    String id(long place) {
        return number + "-" + place;
    }

    /** What to do when the stream's request is given up. */
    synchronized void onAbandon(Runnable action) {
        onAbandon = action;
    }

    void abandon() {
        Runnable action;
        synchronized (this) {
            action = onAbandon;
        }
        action.run();
    }

    /**
     * @param last whether it is the answer to the stream's request
     */
    synchronized void append(byte[] json, boolean last) {
        if (ended) {
            return;
        }
        kept.add(new Kept(++newest, json, last));
        bytes += json.length;
        while (kept.size() > 1 && (kept.size() > MAX_EVENTS || bytes > MAX_BYTES)) {
            bytes -= kept.removeFirst().json.length;
        }
        notifyAll();
    }

    /** Unless the same message still waits for a reader: once says as much as twice. */
    synchronized void appendOnce(byte[] json) {
        for (Iterator<Kept> newer = kept.descendingIterator(); newer.hasNext(); ) {
            Kept waiting = newer.next();
            if (waiting.place <= delivered) {
                break;
            }
            if (Arrays.equals(waiting.json, json)) {
                return;
            }
        }
        append(json, false);
    }

    /** Nothing more will be appended. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized boolean ended() {
        return ended;
    }

    /** Whether a client may come back for some of it: not if it was a single answer. */
    synchronized boolean resumable() {
        return streamed || newest > 1;
    }

    synchronized void streamed() {
        streamed = true;
    }

    /** How long nobody has been reading; empty while somebody is. */
    synchronized Optional<Duration> unread() {
        return unreadSince.map(since -> Duration.between(since, clock.instant()));
    }

    /** Reads what no reader had before. */
    synchronized EventReader open(boolean resumable) {
        return open(delivered, resumable);
    }

    /** Reads what comes after a place. */
    synchronized EventReader open(long after, boolean resumable) {
        var next = new EventReader(this, after, resumable);
        reader = Optional.of(next);
        unreadSince = Optional.empty();
        notifyAll();
        return next;
    }

    /** Ends the reading, not the stream: the client has to come back. */
    synchronized void hangUp() {
        streamed = true;
        reader.ifPresent(this::leave);
    }

    synchronized void leave(EventReader leaving) {
        if (reader.filter(current -> current == leaving).isPresent()) {
            reader = Optional.empty();
            unreadSince = Optional.of(clock.instant());
            notifyAll();
        }
    }

    synchronized EventReader.Next next(EventReader asking, Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        try {
            while (reader.filter(current -> current == asking).isPresent()) {
                Optional<Kept> next =
                        kept.stream().filter(each -> each.place > asking.place()).findFirst();
                if (next.isPresent()) {
                    return taken(asking, next.get());
                }
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (ended) {
                    break;
                }
                if (left <= 0) {
                    return new EventReader.Next.Silence();
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new EventReader.Next.End();
    }

    private EventReader.Next taken(EventReader asking, Kept next) {
        asking.moveTo(next.place);
        delivered = Math.max(delivered, next.place);
        return new EventReader.Next.Event(id(next.place), next.json, next.last);
    }
}
