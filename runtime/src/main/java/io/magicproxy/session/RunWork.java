package io.magicproxy.session;

import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.session.RunExecution.ParentRun;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.Batch;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.RunEnd;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Claims a run and works at it until it ends, is taken away, or is to stop. */
final class RunWork {
    private final RunEnvironment environment;

    RunWork(RunEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Works at the run. Returns at once if it has ended.
     *
     * @param stop what stops the worker
     * @param why the reason, once stopped
     */
    void work(
            String runId,
            Optional<ParentRun> parent,
            Cancellation stop,
            Supplier<Optional<CallFailed>> why)
            throws StoreException {
        var doorbell = new Doorbell();
        try (var _ = environment.journal().onCancel(runId, doorbell::ring)) {
            Optional<Long> epoch = environment.journal().claim(runId, environment.worker());
            Optional<RunRecord> run = environment.journal().run(runId);
            if (epoch.isEmpty() || run.isEmpty()) {
                return;
            }
            var work = new WorkClock(environment.clock(), run.get().worked());
            var log = new RunLog(environment, runId, epoch.get(), work);
            var execution = new RunExecution(environment, run.get(), log, work, parent);
            if (run.get().cancelAsked()) {
                cancel(log);
            }
            doorbell.tell(() -> cancel(log));
            try (var _ = stop.onCancel(() -> log.stop(why.get().orElseGet(RunWork::taken)))) {
                execution.run();
            }
            tellEnd(runId, epoch.get());
        }
    }

    /** Ends a run that is not to be worked at. */
    void end(String runId, RunState state, CallFailed why) throws StoreException {
        Optional<Long> epoch = environment.journal().claim(runId, environment.worker());
        if (epoch.isPresent()) {
            String payload = Json.text(Events.error(why.code(), why.text(), true));
            String type = state == RunState.CANCELLED ? Events.CANCELLED : Events.ERROR;
            var event = new EventDraft(type, payload, "end@" + epoch.get());
            var end = new RunEnd(state, payload, List.of());
            var _ =
                    environment
                            .journal()
                            .append(
                                    runId,
                                    epoch.get(),
                                    new Batch(
                                            List.of(),
                                            List.of(event),
                                            Duration.ZERO,
                                            Optional.of(end)));
            tellEnd(runId, epoch.get());
        }
    }

    /** Unless somebody else ended it. */
    private void tellEnd(String runId, long epoch) throws StoreException {
        environment
                .journal()
                .run(runId)
                .filter(now -> !now.state().open() && now.epoch() == epoch)
                .ifPresent(environment.world()::ended);
    }

    private static CallFailed taken() {
        return CallFailed.ended("fenced", "the worker gives the run back");
    }

    private static void cancel(RunLog log) {
        log.stop(CallFailed.ended("cancelled", "the run was cancelled"));
    }

    /** Rings before there is anybody to hear it are kept. */
    private static final class Doorbell {
        private Runnable listener = () -> {};
        private boolean rung;

        synchronized void ring() {
            rung = true;
            listener.run();
        }

        synchronized void tell(Runnable to) {
            listener = to;
            if (rung) {
                to.run();
            }
        }
    }
}
