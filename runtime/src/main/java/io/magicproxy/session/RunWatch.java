package io.magicproxy.session;

import io.magicproxy.pattern.CallFailed;
import java.time.Duration;
import java.util.Optional;

/** Looks after a run at work: at its time, and at a replay that would wait for ever. */
final class RunWatch implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final RunEnvironment environment;
    private final RunLog log;
    private final JournaledCalls calls;
    private final Ledger ledger;
    private Optional<String> missing = Optional.empty();
    private long missingSince;
    private volatile boolean over;

    RunWatch(RunEnvironment environment, RunLog log, JournaledCalls calls, Ledger ledger) {
        this.environment = environment;
        this.log = log;
        this.calls = calls;
        this.ledger = ledger;
        again();
    }

    private void look() {
        if (over) {
            return;
        }
        if (ledger.timeLeft().isZero()) {
            log.stop(
                    CallFailed.ended(
                            "max_seconds",
                            "the run has worked as long as it may; raise max_seconds"));
        } else if (isStuck()) {
            log.stop(
                    CallFailed.ended(
                            "diverged",
                            "call "
                                    + missing.orElse("")
                                    + " is recorded, and the pattern doesn't make it any more: its calls"
                                    + " must depend on nothing but its input and earlier results"));
        } else {
            again();
        }
    }

    /** A busy machine may be slow to come to the call. */
    private boolean isStuck() {
        Optional<String> now = calls.missing();
        if (!now.equals(missing)) {
            missing = now;
            missingSince = System.nanoTime();
        }
        return missing.isPresent()
                && System.nanoTime() - missingSince >= environment.rules().patience().toNanos();
    }

    private void again() {
        Duration left = ledger.timeLeft();
        environment.timer().after(left.compareTo(LOOK) < 0 ? left : LOOK, this::look);
    }

    @Override
    public void close() {
        over = true;
    }
}
