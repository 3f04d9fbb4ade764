package io.magicproxy.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.pattern.PatternAnswer;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.session.Ledger.Upward;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.RunEnd;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.telemetry.AgentCall;
import io.magicproxy.telemetry.AgentSpan;
import io.magicproxy.telemetry.Trace;
import io.magicproxy.tool.ToolResult.Failed;
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

    private final RunEnvironment environment;
    private final RunRecord run;
    private final RunLog log;
    private final WorkClock work;
    private final Cancellation cancellation = new Cancellation();
    private final Flights flights = new Flights();
    private final Optional<ParentRun> parent;
    private Optional<Ledger> ledger = Optional.empty();
    private Optional<Recorder> recorder = Optional.empty();
    private Optional<AgentSpan> span = Optional.empty();

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
        try (AgentSpan working = environment.world().spans().agent(asked(), call())) {
            span = Optional.of(working);
            if (log.epoch() == 1) {
                environment
                        .world()
                        .taken(
                                run,
                                Duration.between(run.createdAt(), environment.clock().instant()));
            }
            work();
            ledger.map(Ledger::used)
                    .ifPresent(used -> working.tokens(used.prompt(), used.completion()));
        }
    }

    /**
     * A nested run is below the call by which its parent asks for it, now and not when it was new.
     */
    private Trace asked() {
        return parent.isPresent() ? Trace.here().or(Trace.of(run.trace())) : Trace.of(run.trace());
    }

    private AgentCall call() {
        return new AgentCall(
                run.alias(),
                Sessions.bare(run.sessionId()),
                run.runId(),
                run.pattern(),
                log.epoch());
    }

    private void work() throws StoreException {
        try {
            end(answer());
        } catch (CallFailed e) {
            fail(e, recorder.flatMap(r -> r.failures().of(e)));
        } catch (ScriptException e) {
            if (e.failure() instanceof ScriptFailure.Thrown error) {
                LOG.log(
                        System.Logger.Level.INFO,
                        () -> "run " + run.runId() + " failed: " + ThrownText.withFrames(error));
            }
            fail(RunFailures.of(e.failure()), thrown(e.failure()));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "run " + run.runId() + " broke", e);
            fail(RunFailures.defect("run " + run.runId()), Optional.empty());
        } finally {
            // Calls that the pattern no longer waits for are given up, nested runs among them.
            log.stop(CallFailed.ended("cancelled", "the run has ended"));
        }
    }

    private PatternAnswer answer() throws CallFailed, ScriptException, StoreException {
        RunBeginning beginning = new RunBeginning(environment.journal(), environment.world());
        RunPin pin = beginning.pin(run, log, this::ack);
        log.tell(ack(pin.script()));
        PatternScript script = beginning.script(pin);
        var budget = new Ledger(parent.map(ParentRun::budget), pin.limits(), work::total);
        budget.begin(log.recordedOrder(), log.steps());
        var record = new Recorder(log, budget, pin.inherited(), environment.timer());
        ledger = Optional.of(budget);
        recorder = Optional.of(record);
        SharedScratch scratch =
                parent.isPresent()
                        ? parent.get().scratch()
                        : ScratchHistory.of(environment.journal(), run.runId());
        var models =
                new ModelCalls(
                        environment.world().chat(run.owner()),
                        new KeptMessages(environment.journal(), log),
                        log,
                        budget,
                        cancellation);
        for (int loss = 0; ; loss++) {
            JournaledCalls calls = calls(pin, models, budget, record, scratch);
            try (var _ = new RunWatch(environment, log, calls, budget)) {
                return environment
                        .world()
                        .runner()
                        .answer(run.runId(), script, pin.input(), calls, cancellation);
            } catch (ScriptException e) {
                if (!(e.failure() instanceof ScriptFailure.HostLost) || loss == HOST_LOSSES) {
                    throw e;
                }
                log.check();
            }
        }
    }

    private JournaledCalls calls(
            RunPin pin, ModelCalls models, Ledger budget, Recorder record, SharedScratch scratch) {
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

    private EventDraft ack(RunPin.Script script) {
        return Events.of(
                Events.WORKER_ACK,
                Json.object()
                        .put("worker", environment.worker())
                        .put("pattern", script.pattern())
                        .put("pattern_version", script.version())
                        .put("attempt", log.epoch()),
                "ack@" + log.epoch());
    }

    private Optional<String> thrown(ScriptFailure failure) {
        return failure instanceof ScriptFailure.Thrown error
                ? recorder.flatMap(r -> r.failures().of(error.code(), error.message()))
                : Optional.empty();
    }

    private void end(PatternAnswer answer) throws StoreException {
        Optional<CallFailed> stopped = log.stopped();
        if (stopped.isPresent()) {
            fail(stopped.get(), Optional.empty());
        } else {
            write(answer);
        }
    }

    private void write(PatternAnswer given) throws StoreException {
        String answer = given.text();
        ObjectNode payload = Json.object().put("text", answer).put("char", answer);
        ledger.ifPresent(l -> payload.setAll(l.totals()));
        payload.put("finish_reason", given.finish());
        List<EventDraft> events = new ArrayList<>();
        if (!log.answerShown() && !answer.isEmpty()) {
            events.add(
                    Events.of(
                            Events.ANSWER,
                            Json.object().put("text", answer).put("char", answer),
                            "whole@" + log.epoch()));
        }
        events.add(Events.of(Events.ANSWER_END, payload, "end@" + log.epoch()));
        write(events, new RunEnd(RunState.ANSWERED, Json.text(payload), List.of()));
    }

    /**
     * Ends the run without an answer.
     *
     * @param failed the call whose failure it was
     */
    private void fail(CallFailed what, Optional<String> failed) throws StoreException {
        // What stopped the run counts, and not how its pattern took that.
        Optional<CallFailed> over = log.stopped().or(flights::ended);
        CallFailed why = over.orElse(what);
        span.ifPresent(working -> working.failed(why.code()));
        Optional<String> call = over.isPresent() ? Optional.empty() : failed;
        switch (why.code()) {
            case "fenced" -> {
                // Somebody else goes on.
            }
            case "store" -> throw new StoreException(why.text());
            case "cancelled" -> {
                ObjectNode payload = Events.error("cancelled", "the run was cancelled", true);
                fail(RunState.CANCELLED, Events.CANCELLED, payload, List.of());
            }
            default -> {
                // A call that isn't made again isn't dropped either.
                boolean settled = why.code().equals(Failed.OUTCOME_UNKNOWN);
                boolean again = !settled && (call.isPresent() || RunFailures.mayEndOtherwise(why));
                ObjectNode payload = Events.error(why.code(), why.text(), again);
                List<String> dropped =
                        settled
                                ? List.of()
                                : recorder.flatMap(r -> call.map(r::toDrop)).orElse(List.of());
                fail(RunState.FAILED, Events.ERROR, payload, dropped);
            }
        }
    }

    private void fail(RunState state, String event, ObjectNode payload, List<String> dropped)
            throws StoreException {
        ledger.ifPresent(l -> payload.setAll(l.totals()));
        write(
                List.of(Events.of(event, payload, "end@" + log.epoch())),
                new RunEnd(state, Json.text(payload), dropped));
    }

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
