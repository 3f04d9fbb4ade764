package io.magicproxy.store.session;

import io.magicproxy.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that sessions did and said. What a method has written survives the process's death
 * when it returns. Any thread.
 *
 * <p>A session is a conversation of runs. Watchers read its events, numbered from 1 without gaps
 * over all runs. A run's entries are the results of its calls; a later worker reads them to go on
 * where the earlier one died. Only the worker with the newest epoch may write.
 */
public interface Journal {
    /**
     * Opens a run, and its session if it is new: one step, however many do it at once.
     *
     * <p>A run with the same owner and idempotency key is given back instead.
     */
    Opened open(NewRun run) throws StoreException;

    Optional<SessionRecord> session(String sessionId) throws StoreException;

    /** Newest first. */
    List<SessionRecord> sessions(SessionFilter filter) throws StoreException;

    Optional<RunRecord> run(String runId) throws StoreException;

    /** A session's runs, in their order. */
    List<RunRecord> runs(String sessionId) throws StoreException;

    /** Every run that has not ended, oldest first. */
    List<RunRecord> openRuns() throws StoreException;

    /**
     * Makes the caller the run's only writer.
     *
     * @return the epoch to write with; empty if the run has ended
     */
    Optional<Long> claim(String runId, String worker) throws StoreException;

    /** Writes all of the batch or nothing. */
    Appended append(String runId, long epoch, Batch batch) throws StoreException;

    /** A session's events after that number, at most so many. */
    List<EventRecord> events(String sessionId, long after, int max) throws StoreException;

    /** A run's events, for the worker that takes it over. */
    List<EventRecord> eventsOf(String runId) throws StoreException;

    /** A run's entries in the order in which they were appended. */
    List<EntryRecord> entries(String runId) throws StoreException;

    /**
     * Rings after events were appended to the session, or its run was cancelled. Rings may come
     * late, more than once, or be lost: the truth is what one reads. The doorbell must be quick.
     */
    Following follow(String sessionId, Runnable doorbell);

    /** Is told at once of runs that are to be cancelled, as far as they are claimed here. */
    Following onCancel(String runId, Runnable doorbell);

    /**
     * Asks for the end of a run. A run that was never claimed ends here, with the event; a claimed
     * one is ended by its worker, whose next append is answered {@link Appended.Cancelled}.
     *
     * @return false if it had ended
     */
    boolean cancel(String runId, EventDraft event) throws StoreException;

    /**
     * Opens an ended run again, without the entry whose error ended it.
     *
     * @return false if it is open, or if it ended with an answer
     */
    boolean reopen(String runId) throws StoreException;

    /** Removes a session, its runs, and what only it has stored. Not while a run is open. */
    boolean delete(String sessionId) throws StoreException;

    /** Removes sessions that have been at rest for so long; returns how many. */
    int expire(Duration atRest) throws StoreException;

    /** Stores bytes once, by their hash, which is the result. */
    String keep(byte[] content) throws StoreException;

    Optional<byte[]> kept(String hash) throws StoreException;

    /** Closed to hear no more. */
    @FunctionalInterface
    interface Following extends AutoCloseable {
        @Override
        void close();
    }

    /** Who wants which run. Texts are JSON where their name says so. */
    record NewRun(
            String runId,
            String sessionId,
            String owner,
            Optional<String> idempotencyKey,
            Optional<Parent> parent,
            String alias,
            String pattern,
            String requestJson,
            Instant at) {}

    /** The run, and the path in it, that called this one; such a run is never queued. */
    record Parent(String runId, String path) {}

    /** What came of {@link #open}. */
    sealed interface Opened {
        record Fresh(RunRecord run) implements Opened {}

        record Rejoined(RunRecord run) implements Opened {}

        /** The session has a run under way. */
        record Busy(String runId) implements Opened {}

        /** The session belongs to somebody else; nobody is told more than "unknown". */
        record Foreign() implements Opened {}
    }

    /** Where a run stands. */
    enum RunState {
        QUEUED,
        RUNNING,
        ANSWERED,
        FAILED,
        CANCELLED;

        public boolean open() {
            return this == QUEUED || this == RUNNING;
        }
    }

    /**
     * A run and where it stands.
     *
     * @param number in its session, from 1
     * @param epoch how often it was claimed
     * @param worked how long workers have been at it, sleep and queue apart
     * @param resultJson the answer or the error; "" while it is open
     */
    record RunRecord(
            String runId,
            String sessionId,
            int number,
            String owner,
            Optional<Parent> parent,
            String alias,
            String pattern,
            String requestJson,
            RunState state,
            boolean cancelAsked,
            long epoch,
            Duration worked,
            String resultJson,
            Instant createdAt,
            Optional<Instant> endedAt) {}

    /**
     * A session by its latest run.
     *
     * @param lastSeq the number of its last event
     */
    record SessionRecord(
            String sessionId,
            String owner,
            String alias,
            String pattern,
            RunState state,
            int runs,
            long lastSeq,
            Instant createdAt,
            Instant changedAt) {}

    /**
     * Which sessions to list.
     *
     * @param before only sessions that changed before then, for paging
     */
    record SessionFilter(
            Optional<String> owner,
            Optional<String> alias,
            Optional<String> pattern,
            Optional<RunState> state,
            Optional<Instant> since,
            Optional<Instant> before,
            int max) {}

    /**
     * An event to write.
     *
     * @param key identifies it in its run, so that a replay doesn't say it twice
     */
    record EventDraft(String type, String payloadJson, String key) {}

    record EventRecord(
            long seq,
            String runId,
            int run,
            String type,
            String payloadJson,
            String key,
            Instant at) {}

    /**
     * A call with its result.
     *
     * @param path identifies the call in its run
     * @param kind such as {@code model} or {@code tool}
     * @param hash of the request
     * @param failed whether {@code resultJson} is a typed error
     */
    record EntryRecord(
            String path,
            String kind,
            String target,
            String hash,
            boolean failed,
            String resultJson,
            Instant at) {}

    /**
     * What is written in one step.
     *
     * @param worked added to the run's time at work
     * @param end ends the run
     */
    record Batch(
            List<EntryRecord> entries,
            List<EventDraft> events,
            Duration worked,
            Optional<RunEnd> end) {}

    /**
     * How a run ended.
     *
     * @param endedBy the path of the entry whose error ended the run
     */
    record RunEnd(RunState state, String resultJson, Optional<String> endedBy) {}

    /** What came of {@link #append}. */
    sealed interface Appended {
        /** Written; {@code lastSeq} is the number of the session's last event. */
        record Done(long lastSeq) implements Appended {}

        /** Another worker has claimed the run, or it has ended: stop, and write nothing more. */
        record Fenced() implements Appended {}

        /** The run is to be cancelled: only a batch that ends it is taken. */
        record Cancelled() implements Appended {}
    }
}
