package io.magicproxy.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.session.Ledger.Upward;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.RunEnd;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One worker's work at one run: from where its journal ends to the run's end, if all goes well. */
final class RunExecution {
    private static final System.Logger LOG = System.getLogger(RunExecution.class.getName());

    /** How often a pattern begins again because its script host died. */
    private static final int HOST_LOSSES = 3;

    private static final Duration LOOK = Duration.ofSeconds(2);

    private final RunEnvironment environment;
    private final RunRecord run;
    private final RunLog log;
    private final WorkClock work;
    private final Cancellation cancellation = new Cancellation();
    private final Flights flights = new Flights();
    private final Optional<ParentRun> parent;
    private Optional<Ledger> ledger = Optional.empty();
    private Optional<Recorder> recorder = Optional.empty();

    /** What a nested run has from the one that called it. */
    record ParentRun(Upward budget, SharedScratch scratch, int depth) {}

    RunExecution(
            RunEnvironment environment,
            RunRecord run,
            RunLog log,
            WorkClock work,
            Optional<ParentRun> parent) {
        this.environment = environment;
        this.run = run;
        this.log = log;
        this.work = work;
        this.parent = parent;
        log.onStop(() -> cancellation.cancel(Cancellation.Reason.SHUTDOWN));
    }

    /** Runs the pattern. When it returns, the run has ended, or is somebody else's. */
    void run() throws StoreException {
        try {
            end(answer());
        } catch (CallFailed e) {
            fail(log.stopped().or(flights::ended).orElse(e));
        } catch (ScriptException e) {
            fail(reason(e.failure()));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "run " + run.runId() + " broke", e);
            fail(CallFailed.of("internal", "a defect of the gateway: " + e));
        }
    }

    private String answer() throws CallFailed, ScriptException, StoreException {
        RunBeginning beginning = new RunBeginning(environment.journal(), environment.world());
        RunPin pin = beginning.pin(run, log);
        PatternScript script = beginning.script(pin);
        log.tell(ack(script));
        var budget = new Ledger(parent.map(ParentRun::budget), pin.limits(), work::total);
        var record = new Recorder(log, budget, pin.inherited());
        ledger = Optional.of(budget);
        recorder = Optional.of(record);
        var scratch = parent.map(ParentRun::scratch).orElseGet(SharedScratch::new);
        for (int loss = 0; ; loss++) {
            budget.restart();
            JournaledCalls calls = calls(pin, budget, record, scratch);
            var watch = new Watch(calls, budget);
            try {
                return environment
                        .world()
                        .runner()
                        .run(run.runId(), script, pin.input(), calls, cancellation);
            } catch (ScriptException e) {
                if (!(e.failure() instanceof ScriptFailure.HostLost) || loss == HOST_LOSSES) {
                    throw e;
                }
                log.check();
            } finally {
                watch.end();
            }
        }
    }

    private JournaledCalls calls(
            RunPin pin, Ledger budget, Recorder record, SharedScratch scratch) {
        var models = new ModelCalls(environment.world().chat(), log, budget, cancellation);
        var outside =
                new RunOutside(
                        environment,
                        run,
                        pin,
                        log,
                        cancellation,
                        path ->
                                new ParentRun(
                                        new Upward(budget, path.text()),
                                        scratch,
                                        parent.map(ParentRun::depth).orElse(0) + 1));
        return new JournaledCalls(log, record, budget, flights, models, scratch, outside);
    }

    private EventDraft ack(PatternScript script) {
        return Events.of(
                Events.WORKER_ACK,
                Json.object()
                        .put("worker", environment.worker())
                        .put("pattern", script.name())
                        .put("pattern_version", script.version())
                        .put("attempt", log.epoch()),
                "ack@" + log.epoch());
    }

    /** Looks after a run at work: at its time, and at a replay that would wait for ever. */
    private final class Watch implements Runnable {
        private final JournaledCalls calls;
        private final Ledger budget;
        private Optional<String> before = Optional.empty();
        private volatile boolean over;

        Watch(JournaledCalls calls, Ledger budget) {
            this.calls = calls;
            this.budget = budget;
            again();
        }

        @Override
        public void run() {
            if (over) {
                return;
            }
            Optional<String> missing = calls.missing();
            if (budget.timeLeft().isZero()) {
                log.stop(
                        CallFailed.ended(
                                "max_seconds",
                                "the run has worked as long as it may; raise max_seconds"));
            } else if (missing.isPresent() && missing.equals(before)) {
                log.stop(neverMade(missing.get()));
            } else {
                before = missing;
                again();
            }
        }

        private void again() {
            Duration left = budget.timeLeft();
            environment.timer().after(left.compareTo(LOOK) < 0 ? left : LOOK, this);
        }

        void end() {
            over = true;
        }
    }

    private static CallFailed neverMade(String path) {
        return CallFailed.ended(
                "diverged",
                "call "
                        + path
                        + " is recorded, and the pattern doesn't make it any more: its calls must"
                        + " depend on nothing but its input and earlier results");
    }

    private CallFailed reason(ScriptFailure failure) {
        Optional<CallFailed> stopped = log.stopped().or(flights::ended);
        if (stopped.isPresent()) {
            return stopped.get();
        }
        return switch (failure) {
            case ScriptFailure.Syntax e -> CallFailed.of("pattern_syntax", e.message());
            case ScriptFailure.Thrown e ->
                    CallFailed.of(e.code().orElse("pattern_error"), ThrownText.of(e));
            case ScriptFailure.Denied e -> CallFailed.of("sandbox_denied", e.message());
            case ScriptFailure.LimitExceeded e ->
                    CallFailed.of(
                            "sandbox_limit_" + e.limit().name().toLowerCase(java.util.Locale.ROOT),
                            e.message());
            case ScriptFailure.HostLost e -> CallFailed.of("host_lost", e.message());
            case ScriptFailure.Stopped e -> CallFailed.of("stopped", e.message());
        };
    }

    private void end(String answer) throws StoreException {
        ObjectNode payload = Json.object().put("text", answer).put("char", answer);
        ledger.ifPresent(l -> payload.setAll(l.totals()));
        List<EventDraft> events = new ArrayList<>();
        if (!log.answerShown() && !answer.isEmpty()) {
            events.add(
                    Events.of(
                            Events.ANSWER,
                            Json.object().put("text", answer).put("char", answer),
                            "whole@" + log.epoch()));
        }
        events.add(Events.of(Events.ANSWER_END, payload, "end@" + log.epoch()));
        write(events, new RunEnd(RunState.ANSWERED, Json.text(payload), Optional.empty()));
    }

    private void fail(CallFailed why) throws StoreException {
        switch (why.code()) {
            case "fenced" -> {
                // Somebody else goes on.
            }
            case "store" -> throw new StoreException(why.text());
            case "cancelled" -> {
                ObjectNode payload = Events.error("cancelled", "the run was cancelled", true);
                ledger.ifPresent(l -> payload.setAll(l.totals()));
                write(
                        List.of(Events.of(Events.CANCELLED, payload, "end@" + log.epoch())),
                        new RunEnd(RunState.CANCELLED, Json.text(payload), Optional.empty()));
            }
            default -> {
                ObjectNode payload = Events.error(why.code(), why.text(), resumable(why));
                ledger.ifPresent(l -> payload.setAll(l.totals()));
                write(
                        List.of(Events.of(Events.ERROR, payload, "end@" + log.epoch())),
                        new RunEnd(RunState.FAILED, Json.text(payload), endedBy(why)));
            }
        }
    }

    /** The entry whose error ended the run: what a resume asks for anew. */
    private Optional<String> endedBy(CallFailed why) {
        return recorder.flatMap(r -> r.pathOf(why).or(() -> r.pathOf(why.code())));
    }

    /** Some would end the same way again. */
    private static boolean resumable(CallFailed why) {
        return !why.code().equals("diverged")
                && !why.code().equals("journal_limit")
                && !why.code().equals(ToolCalls.OUTCOME_UNKNOWN);
    }

    /** A run that is to be cancelled takes no other end. */
    private void write(List<EventDraft> events, RunEnd end) throws StoreException {
        try {
            log.end(events, end);
        } catch (CallFailed e) {
            if (e.code().equals("store")) {
                throw new StoreException(e.text());
            }
        }
    }
}
