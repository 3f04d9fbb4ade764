package io.magicproxy.store.session;

import io.magicproxy.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who has which run, for a queue that only delivers: what the workers of several processes must
 * agree on. A run keeps its place until it is completed, so one that comes back is the next. Each
 * method is one step, however many do it at once.
 */
public interface TaskLedger {
    /** What came of putting a run in. */
    enum Entry {
        /** It is in; somebody must be told that there is a run to take. */
        NEW,
        /** It was in already. */
        KNOWN,
        /** As many wait as may. */
        FULL
    }

    Entry offer(String runId, int capacity) throws StoreException;

    /**
     * Puts a run in that ought to be, after all others.
     *
     * @return {@link Entry#NEW}, too, if it has waited for so long, and each time longer, that
     *     those who were told of it must have missed it
     */
    Entry restore(String runId, Duration patience) throws StoreException;

    /** Takes a run out that nobody has taken yet. */
    void withdraw(String runId) throws StoreException;

    /**
     * Gives the first one that waits to whoever has the token.
     *
     * @param overdue whether those wait, too, whose time is over
     */
    Optional<Taken> take(String token, Duration lease, boolean overdue) throws StoreException;

    /**
     * A run that somebody has.
     *
     * @param attempt how often it was taken without being completed or released
     * @param late how many wait again by this call, since their time is over; it may be one of them
     */
    record Taken(String runId, int attempt, int late) {}

    /** Also when its time is over; false if it is somebody else's by now. */
    boolean renew(String runId, String token, Duration lease) throws StoreException;

    /** Nothing happens if it is somebody else's by now. */
    void complete(String runId, String token) throws StoreException;

    /**
     * It waits again, and was no attempt; false, and nothing happens, if it is somebody else's by
     * now.
     */
    boolean release(String runId, String token) throws StoreException;

    /** Whoever has the token is gone: its time is over. */
    void abandon(String runId, String token) throws StoreException;

    /** Makes those wait again whose time is over: some of them; of each, one caller is told. */
    List<String> overdue() throws StoreException;

    int waiting() throws StoreException;

    /** Whether it could be asked a moment ago. */
    boolean isUp();
}
