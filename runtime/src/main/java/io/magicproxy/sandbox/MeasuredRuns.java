package io.magicproxy.sandbox;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Tells how long each script was at work itself: the time in which none of its calls was under way.
 */
public final class MeasuredRuns implements ScriptRuntime {
    private final ScriptRuntime runtime;
    private final Consumer<Duration> told;

    /** Doesn't own the runtime. */
    public MeasuredRuns(ScriptRuntime runtime, Consumer<Duration> told) {
        this.runtime = runtime;
        this.told = told;
    }

    @Override
    public String run(GuestRun run, HostCalls host) throws ScriptException {
        var measure = new Measure(host);
        try {
            return runtime.run(run, measure);
        } finally {
            told.accept(measure.end());
        }
    }

    @Override
    public void close() {
        // Its owner closes the runtime.
    }

    private static final class Measure implements HostCalls {
        private final HostCalls host;
        private long since = System.nanoTime();
        private long total;
        private int underWay;

        Measure(HostCalls host) {
            this.host = host;
        }

        @Override
        public void call(HostCall call, Consumer<HostReply> reply) {
            began();
            host.call(
                    call,
                    answer -> {
                        ended();
                        reply.accept(answer);
                    });
        }

        @Override
        public void tell(HostCall call) {
            host.tell(call);
        }

        private synchronized void began() {
            if (underWay++ == 0) {
                total += System.nanoTime() - since;
            }
        }

        private synchronized void ended() {
            if (--underWay == 0) {
                since = System.nanoTime();
            }
        }

        synchronized Duration end() {
            return Duration.ofNanos(total + (underWay == 0 ? System.nanoTime() - since : 0));
        }
    }
}
