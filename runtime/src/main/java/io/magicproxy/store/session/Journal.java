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
     * <p>A run with the same owner and idempotency key is given back instead, whatever session is
     * asked for; so is one with the same id.
     */
    Opened open(NewRun run) throws StoreException;

    Optional<SessionRecord> session(String sessionId) throws StoreException;

    /** The one that changed last comes first. */
    List<SessionRecord> sessions(SessionFilter filter) throws StoreException;

    Optional<RunRecord> run(String runId) throws StoreException;

    /** A session's runs, in their order. */
    List<RunRecord> runs(String sessionId) throws StoreException;

    /** Every run that has not ended, oldest first. */
    List<RunRecord> openRuns() throws StoreException;

    /**
     * Makes the caller the run's only writer.
     *
     * @return the epoch to write with; empty if the run has ended, or isn't known
     */
    Optional<Long> claim(String runId, String worker) throws StoreException;

    /**
     * Writes all of the batch or nothing. Events whose key the run has used are left out.
     *
     * @throws IllegalStateException if the run has an entry with the path of one of these
     */
    Appended append(String runId, long epoch, Batch batch) throws StoreException;

    /** A session's events after that number, at most so many; fewer at a time if they are large. */
    List<EventRecord> events(String sessionId, long after, int max) throws StoreException;

    /** A run's events, for the worker that takes it over. */
    List<EventRecord> eventsOf(String runId) throws StoreException;

    /** A run's entries in the order in which they were appended. */
    List<EntryRecord> entries(String runId) throws StoreException;

    /**
     * Rings after events were appended to the session, or its run was cancelled. Rings may come
     * late, more than once, once for several, or be lost: the truth is what one reads. A doorbell
     * is rung on any thread, but never twice at the same time.
     */
    Following follow(String sessionId, Runnable doorbell);

    /**
     * Rings when somebody asks for the run's end. Follow before claiming: of a wish from before the
     * claim, {@link RunRecord#cancelAsked} tells.
     */
    Following onCancel(String runId, Runnable doorbell);

    /**
     * Asks for the end of a run. One that nobody has claimed since it was opened, or opened again,
     * ends here, with the event, whose payload becomes its result; a claimed one is ended by its
     * worker, whose next append is answered {@link Appended.Cancelled}, and the event isn't used.
     *
     * @return false if it had ended, or isn't known
     */
    boolean cancel(String runId, EventDraft event) throws StoreException;

    /**
     * Takes back a run that nobody has claimed, as if it had never been opened.
     *
     * @return false if somebody has, if it was cancelled, or isn't known
     */
    boolean withdraw(String runId) throws StoreException;

    /**
     * Opens an ended run again, without the entries whose error ended it. All else stays, and
     * nobody may write to it before it is claimed.
     *
     * @return false if it is open, ended with an answer, isn't known, or if the session has another
     *     run under way
     */
    boolean reopen(String runId) throws StoreException;

    /**
     * Removes a session, its runs, the sessions that those began as parents, and what only they
     * have stored.
     *
     * @return false if one of the runs is open, or if the session isn't known
     */
    boolean delete(String sessionId) throws StoreException;

    /**
     * Removes sessions without an open run in which nothing has changed for so long, and what was
     * kept before that and is named by no run; returns how many sessions.
     */
    int expire(Duration atRest) throws StoreException;

    /**
     * Rewrites, for good, the texts of runs that ended so long ago; each run once. What only they
     * have kept is removed. A nested run waits for the one that began it, which may need it to go
     * on. Such runs aren't opened again.
     *
     * @return how many runs
     */
    int forget(Duration sinceEnd, Forgetting how) throws StoreException;

    /** What is left of each text. */
    interface Forgetting {
        String request(String requestJson);

        String result(String resultJson);

        String event(String type, String payloadJson);

        /** Of a call's result. */
        String entry(String resultJson);
    }

    /**
     * Stores bytes once, by their SHA-256 in hexadecimal, which is the result. They stay as long as
     * a run whose texts name the hash, as a word of its own in a request, result or payload written
     * after this; those not named yet stay until they expire.
     */
    String keep(byte[] content) throws StoreException;

    Optional<byte[]> kept(String hash) throws StoreException;

    /** Closed to hear no more. */
    @FunctionalInterface
    interface Following extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Who wants which run. Texts are JSON where their name says so.
     *
     * @param trace where in a distributed trace it was asked for, so that each worker goes on there
     */
    record NewRun(
            String runId,
            String sessionId,
            String owner,
            Optional<String> idempotencyKey,
            Optional<Parent> parent,
            String alias,
            String pattern,
            String requestJson,
            Instant at,
            Optional<String> trace) {
        /** Of no trace. */
        public NewRun(
                String runId,
                String sessionId,
                String owner,
                Optional<String> idempotencyKey,
                Optional<Parent> parent,
                String alias,
                String pattern,
                String requestJson,
                Instant at) {
            this(
                    runId,
                    sessionId,
                    owner,
                    idempotencyKey,
                    parent,
                    alias,
                    pattern,
                    requestJson,
                    at,
                    Optional.empty());
        }
    }

    /**
     * The run, and the path in it, that called this one. Such a run is never queued, and has a
     * session of its own, since its parent's has a run under way.
     */
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
     * @param worked how long workers have been at it, which its time in the queue is not
     * @param resultJson the answer or the error; "" while it is open
     * @param trace where in a distributed trace it was asked for
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
            Optional<Instant> endedAt,
            Optional<String> trace) {
        /** Of no trace. */
        public RunRecord(
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
                Optional<Instant> endedAt) {
            this(
                    runId,
                    sessionId,
                    number,
                    owner,
                    parent,
                    alias,
                    pattern,
                    requestJson,
                    state,
                    cancelAsked,
                    epoch,
                    worked,
                    resultJson,
                    createdAt,
                    endedAt,
                    Optional.empty());
        }
    }

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
     * @param state of the latest run
     * @param since only sessions that changed then or later
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
     * @param key identifies it in its run, so that a replay doesn't say it twice; that holds when
     *     the run is opened again, too, so let the key of what ends a run have the epoch in it
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
     * @param step in which the call was made, from 1; a fork takes what came before a step
     * @param failed whether {@code resultJson} is a typed error
     */
    record EntryRecord(
            String path,
            String kind,
            String target,
            String hash,
            int step,
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
     * @param endedBy the paths of the entries whose error ended the run: a call's, and that of the
     *     composed one that it was a part of
     */
    record RunEnd(RunState state, String resultJson, List<String> endedBy) {}

    /** What came of {@link #append}. */
    sealed interface Appended {
        /** Written; {@code lastSeq} is the number of the session's last event. */
        record Done(long lastSeq) implements Appended {}

        /**
         * Another worker has claimed the run, or it has ended, or is gone: stop, and write nothing
         * more.
         */
        record Fenced() implements Appended {}

        /** The run is to be cancelled: only a batch that ends it is taken. */
        record Cancelled() implements Appended {}
    }
}
