package io.magicproxy.session;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.Following;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Reads a session's events as they come. For one thread; {@link #wake} is for any. */
public final class EventWatch implements AutoCloseable {
    private static final int BATCH = 500;

    private final Sessions sessions;
    private final String sessionId;
    private final Bell bell;
    private final Following following;
    private long after;

    /** Wakes whoever waits for it, once for several rings. */
    public static final class Bell {
        private final Semaphore rung = new Semaphore(0);

        public void ring() {
            rung.release();
        }

        /** Waits for a ring, at most so long. */
        public void await(Duration time) {
            try {
                var _ = rung.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS);
                var _ = rung.drainPermits();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Follows the session.
     *
     * @param after the number of the last event that is known already
     * @param bell perhaps shared with other watches
     */
    public EventWatch(Sessions sessions, String sessionId, long after, Bell bell) {
        this.sessions = sessions;
        this.sessionId = sessionId;
        this.after = after;
        this.bell = bell;
        this.following = sessions.follow(sessionId, bell::ring);
    }

    public String sessionId() {
        return sessionId;
    }

    /** The number of the last event that was read. */
    public long position() {
        return after;
    }

    /** What is new, without waiting. */
    public List<EventRecord> read() throws StoreException {
        List<EventRecord> events = sessions.events(sessionId, after, BATCH);
        if (!events.isEmpty()) {
            after = events.getLast().seq();
        }
        return events;
    }

    /** Waits for more, at most so long; rings may be lost, so read then in any case. */
    public void await(Duration time) {
        bell.await(time);
    }

    public void wake() {
        bell.ring();
    }

    /** Whether a run of the session is under way, or waits. Ask before the last read. */
    public boolean live() throws StoreException {
        return sessions.live(sessionId);
    }

    @Override
    public void close() {
        following.close();
    }
}
