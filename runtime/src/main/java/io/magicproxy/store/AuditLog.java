package io.magicproxy.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Who has changed what, kept for a time and never changed again. */
public interface AuditLog {
    /** Returns when it would survive the process's death. */
    void append(Change change) throws StoreException;

    /** Newest first. */
    List<Entry> list(Filter filter) throws StoreException;

    /**
     * One change that was made.
     *
     * @param who as the log shows it: a key's or a session's fingerprint, or nobody
     * @param address where the request came from
     * @param requestId of the request that made it
     * @param action such as {@code config.save}
     * @param name of what was changed
     * @param before its version; empty if there was none
     * @param after its version; empty if it is gone
     * @param diff of the texts, without secrets; empty if there are no texts
     */
    record Change(
            Instant at,
            String who,
            String address,
            String requestId,
            String action,
            String name,
            String before,
            String after,
            String diff) {}

    /**
     * A change in its place.
     *
     * @param id grows with each
     */
    record Entry(long id, Change change) {}

    /**
     * Which to list; what is absent is any.
     *
     * @param action a whole one, or the part before its dot
     * @param since at or after
     * @param before earlier than
     * @param below ids below this one: where an earlier list ended
     * @param limit how many at most
     */
    record Filter(
            Optional<String> who,
            Optional<String> action,
            Optional<String> name,
            Optional<Instant> since,
            Optional<Instant> before,
            Optional<Long> below,
            int limit) {}
}
