package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.quota.Refusal;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.Following;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.Opened;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.Journal.SessionFilter;
import io.magicproxy.store.session.Journal.SessionRecord;
import io.magicproxy.store.session.TaskQueue;
import io.magicproxy.telemetry.Trace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Reasoning sessions: begun, watched, cancelled, resumed, forked. Owns the workers. */
public final class Sessions implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Sessions.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 16;

    private static final String STREAM = "stream";

    /** No id of a session has this character. */
    private static final char NAME_SPACE_END = '/';

    private final Journal journal;
    private final TaskQueue queue;
    private final SessionWorld world;
    private final InstantSource clock;
    private final FlushTimer timer = new FlushTimer();
    private final SessionWorkers workers;
    private final Duration ack;

    /** Waits for workers; a run that is opened again is waited for anew. */
    private final Map<String, Object> expected = new ConcurrentHashMap<>();

    /**
     * How sessions are run.
     *
     * @param slots runs at a time
     * @param ack after which a run that no worker took is cancelled
     * @param attempts after which a run that costs its workers their lives is given up
     * @param renew how often leases are renewed
     * @param sweep how often open runs are looked for that are in no queue
     * @param retention how long sessions at rest are kept
     */
    public record Settings(
            int slots,
            Duration ack,
            int attempts,
            Duration renew,
            Duration sweep,
            Duration retention,
            RunRules rules) {}

    /**
     * Who asks. An admin sees all sessions. Everybody else chooses ids in a name space of their
     * own: their sessions are stored with the owner's name before the id.
     */
    public record Caller(String owner, boolean admin) {
        /** As the journal knows the session that the caller calls so. */
        String stored(String sessionId) {
            String nameSpace = owner + NAME_SPACE_END;
            return admin || sessionId.startsWith(nameSpace) ? sessionId : nameSpace + sessionId;
        }

        /** As the caller knows the session that the journal calls so. */
        public String shown(String stored) {
            return admin ? stored : bare(stored);
        }
    }

    /** The session's id without its owner's name space. */
    static String bare(String stored) {
        return stored.substring(stored.indexOf(NAME_SPACE_END) + 1);
    }

    /** The name space of a session's owner, before its id. */
    static String nameSpace(String stored) {
        return stored.substring(0, stored.indexOf(NAME_SPACE_END) + 1);
    }

    /** What came of a wish. */
    public sealed interface Result {
        record Run(RunRecord run) implements Result {}

        /** Nobody but its owner is told that it exists. */
        record Unknown() implements Result {}

        record Invalid(String param, String message) implements Result {}

        /** It can't be done as things stand. */
        record Conflict(String code, String message) implements Result {}

        /** The caller's key doesn't reach so far. */
        record Refused(Refusal refusal) implements Result {}

        /** As many runs wait as may. */
        record Full() implements Result {}
    }

    public Sessions(
            Journal journal,
            TaskQueue queue,
            SessionWorld world,
            InstantSource clock,
            Settings settings) {
        this.journal = journal;
        this.queue = queue;
        this.world = world;
        this.clock = clock;
        this.ack = settings.ack();
        this.workers =
                new SessionWorkers(
                        new RunEnvironment(
                                journal, world, clock, timer, "worker-" + id(), settings.rules()),
                        queue,
                        new SessionWorkers.Settings(
                                settings.slots(),
                                settings.attempts(),
                                settings.renew(),
                                settings.sweep(),
                                settings.retention()));
    }

    /** Begins a run, in a new session or one that is known. */
    public Result start(Caller caller, ObjectNode body, Optional<String> idempotencyKey)
            throws StoreException {
        if (body.has("fork")) {
            return new Result.Invalid("fork", "POST to the session's /fork instead");
        }
        return open(caller, body, idempotencyKey);
    }

    private Result open(Caller caller, ObjectNode body, Optional<String> idempotencyKey)
            throws StoreException {
        var check = new RequestCheck(world, body);
        Optional<RequestCheck.Problem> problem = check.problem();
        if (problem.isPresent()) {
            return new Result.Invalid(problem.get().param(), problem.get().message());
        }
        var request = new RunRequest(body);
        Optional<Refusal> refusal = world.mayAsk(caller.owner(), request.alias());
        if (refusal.isPresent()) {
            return new Result.Refused(refusal.get());
        }
        Opened opened =
                journal.open(
                        new NewRun(
                                id(),
                                caller.stored(request.text("session_id").orElseGet(Sessions::id)),
                                caller.owner(),
                                idempotencyKey,
                                Optional.empty(),
                                request.alias(),
                                check.patternName(),
                                Json.text(body),
                                clock.instant(),
                                Trace.here().text()));
        return switch (opened) {
            case Opened.Fresh(RunRecord run) -> queued(run);
            case Opened.Rejoined(RunRecord run) ->
                    sameRequest(run, body)
                            ? new Result.Run(run)
                            : new Result.Invalid(
                                    "Idempotency-Key", "was sent with another request before");
            case Opened.Busy(String runId) ->
                    new Result.Conflict(
                            "session_busy",
                            "the session's run "
                                    + runId
                                    + " is under way; wait for its end, or cancel it");
            case Opened.Foreign _ -> new Result.Unknown();
        };
    }

    /** How it is answered is no part of what is asked. */
    private static boolean sameRequest(RunRecord run, ObjectNode body) {
        ObjectNode before = Trees.object(Trees.read(run.requestJson())).deepCopy();
        ObjectNode now = Trees.object(Trees.read(Json.text(body)));
        return before.without(STREAM).equals(now.without(STREAM));
    }

    private Result queued(RunRecord run) throws StoreException {
        // A sweep may have seen the run first, and a worker may have it by now.
        if (!isIn(run) && journal.withdraw(run.runId())) {
            return new Result.Full();
        }
        expectWorker(run);
        return new Result.Run(run);
    }

    private boolean isIn(RunRecord run) throws StoreException {
        try {
            return queue.offer(run.runId());
        } catch (StoreException e) {
            // Nobody is told of an error and answered all the same.
            if (journal.withdraw(run.runId())) {
                throw e;
            }
            return true;
        }
    }

    private void expectWorker(RunRecord run) {
        Object wait = new Object();
        expected.put(run.runId(), wait);
        timer.after(
                ack,
                () -> {
                    if (expected.remove(run.runId(), wait)) {
                        cancelWithoutWorker(run);
                    }
                });
    }

    /**
     * A run that no worker has taken by now is cancelled, before anybody is told that it failed.
     */
    private void cancelWithoutWorker(RunRecord run) {
        try {
            Optional<RunRecord> now = journal.run(run.runId());
            if (now.isPresent() && now.get().state() == RunState.QUEUED) {
                ObjectNode error =
                        Events.error(
                                "no_worker",
                                "no worker took the run within "
                                        + ack.toSeconds()
                                        + " s; all are at other runs",
                                true);
                var _ = journal.cancel(run.runId(), ending(Events.ERROR, error));
            }
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "run {0} can''t be looked up: {1}", run.runId(), e.getMessage());
        }
    }

    /** A run may end so more than once, if it is resumed and no worker takes it. */
    private static EventDraft ending(String type, ObjectNode payload) {
        return Events.of(type, payload, "end@" + id());
    }

    /** The session, if the caller may see it. */
    public Optional<SessionRecord> session(Caller caller, String sessionId) throws StoreException {
        return journal.session(caller.stored(sessionId))
                .filter(session -> caller.admin() || session.owner().equals(caller.owner()));
    }

    public List<SessionRecord> sessions(Caller caller, SessionFilter filter) throws StoreException {
        return journal.sessions(
                caller.admin()
                        ? filter
                        : new SessionFilter(
                                Optional.of(caller.owner()),
                                filter.alias(),
                                filter.pattern(),
                                filter.state(),
                                filter.since(),
                                filter.before(),
                                filter.max()));
    }

    public List<RunRecord> runs(String sessionId) throws StoreException {
        return journal.runs(sessionId);
    }

    public Optional<RunRecord> run(String runId) throws StoreException {
        return journal.run(runId);
    }

    public List<EntryRecord> entries(String runId) throws StoreException {
        return journal.entries(runId);
    }

    /** What the journal holds by that hash: a message to a model. */
    public Optional<JsonNode> kept(String hash) throws StoreException {
        return journal.kept(hash)
                .map(bytes -> Trees.read(new String(bytes, StandardCharsets.UTF_8)));
    }

    public List<EventRecord> events(String sessionId, long after, int max) throws StoreException {
        return journal.events(sessionId, after, max);
    }

    public List<EventRecord> eventsOf(String runId) throws StoreException {
        return journal.eventsOf(runId);
    }

    /** Rings when there may be something new to read. */
    public Following follow(String sessionId, Runnable doorbell) {
        return journal.follow(sessionId, doorbell);
    }

    /** Whether a run of the session is under way, or waits. */
    boolean live(String sessionId) throws StoreException {
        return journal.session(sessionId).map(s -> s.state().open()).orElse(false);
    }

    /** How many runs are worked at. */
    public int active() {
        return workers.active();
    }

    public int waiting() throws StoreException {
        return queue.waiting();
    }

    /** Ends the session's run; nothing happens if none is under way. */
    public Result cancel(Caller caller, String sessionId) throws StoreException {
        Optional<RunRecord> last = last(caller, sessionId);
        if (last.isEmpty()) {
            return new Result.Unknown();
        }
        RunRecord run = last.get();
        var _ =
                journal.cancel(
                        run.runId(),
                        ending(
                                Events.CANCELLED,
                                Events.error("cancelled", "the run was cancelled", true)));
        return new Result.Run(journal.run(run.runId()).orElse(run));
    }

    /** Goes on with a run that ended without an answer, from its last good result. */
    public Result resume(Caller caller, String sessionId) throws StoreException {
        Optional<RunRecord> last = last(caller, sessionId);
        if (last.isEmpty()) {
            return new Result.Unknown();
        }
        RunRecord run = last.get();
        if (run.state().open()) {
            return new Result.Conflict("session_busy", "the run is under way");
        }
        if (run.parent().isPresent()) {
            return new Result.Conflict(
                    "nested_run",
                    "it belongs to the run "
                            + run.parent().get().runId()
                            + "; resume that one, and it asks this agent again");
        }
        Optional<Refusal> refusal = world.mayAsk(caller.owner(), run.alias());
        if (refusal.isPresent()) {
            return new Result.Refused(refusal.get());
        }
        if (ContentDrop.isDropped(run)) {
            return dropped();
        }
        if (run.state() == RunState.ANSWERED) {
            return new Result.Conflict(
                    "already_answered", "the run has its answer; POST a new one, or fork it");
        }
        JsonNode result = Trees.read(run.resultJson().isEmpty() ? "{}" : run.resultJson());
        if (!result.path("resumable").asBoolean(true)) {
            return new Result.Conflict(
                    "not_resumable",
                    "it would end the same way ("
                            + result.path("code").asText()
                            + "); fork it from an earlier step");
        }
        if (!journal.reopen(run.runId())) {
            return new Result.Conflict("session_busy", "the run can't be opened again now");
        }
        queue.restore(run.runId());
        expectWorker(run);
        return new Result.Run(journal.run(run.runId()).orElse(run));
    }

    /**
     * Begins a run in a new session with another one's results from before a step.
     *
     * @param overrides {@code from_step}, and fields of the request to change
     */
    public Result fork(Caller caller, String sessionId, ObjectNode overrides)
            throws StoreException {
        Optional<RunRecord> last = last(caller, sessionId);
        if (last.isEmpty()) {
            return new Result.Unknown();
        }
        RunRecord run = last.get();
        if (ContentDrop.isDropped(run)) {
            return dropped();
        }
        JsonNode step = overrides.path("from_step");
        if (!step.isIntegralNumber() || !step.canConvertToInt() || step.asInt() < 1) {
            return new Result.Invalid("from_step", "must be a step's number, from 1");
        }
        Optional<String> refusal = ForkPoint.refusal(journal.eventsOf(run.runId()), step.asInt());
        if (refusal.isPresent()) {
            return new Result.Invalid("from_step", refusal.get());
        }
        ObjectNode body = Trees.object(Trees.read(run.requestJson())).deepCopy();
        body.remove(List.of("session_id", "fork", "pattern_version"));
        if (!body.has("reasoning_mode")) {
            body.put("reasoning_mode", run.pattern());
        }
        ObjectNode changes = overrides.deepCopy();
        changes.remove(List.of("from_step", "fork"));
        body.setAll(changes);
        body.putObject("fork").put("run", run.runId()).put("from_step", step.asInt());
        return open(caller, body, Optional.empty());
    }

    private static Result dropped() {
        return new Result.Conflict(
                "content_dropped",
                "what the run said and was told is gone (backend_settings.store_content is false);"
                        + " begin a new one");
    }

    /** Removes the session and all that it said. */
    public Result delete(Caller caller, String sessionId) throws StoreException {
        Optional<RunRecord> last = last(caller, sessionId);
        if (last.isEmpty()) {
            return new Result.Unknown();
        }
        return journal.delete(last.get().sessionId())
                ? new Result.Run(last.get())
                : new Result.Conflict(
                        "session_busy", "its run is under way; cancel it, then delete");
    }

    private Optional<RunRecord> last(Caller caller, String sessionId) throws StoreException {
        Optional<SessionRecord> session = session(caller, sessionId);
        if (session.isEmpty()) {
            return Optional.empty();
        }
        List<RunRecord> runs = journal.runs(session.get().sessionId());
        return runs.isEmpty() ? Optional.empty() : Optional.of(runs.getLast());
    }

    private static String id() {
        byte[] bytes = new byte[ID_BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        workers.close();
        timer.close();
    }
}
