package io.magicproxy.sandbox;

import io.magicproxy.upstream.Cancellation;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs scripts in this JVM, each in a fresh context on a thread of its own.
 *
 * <p>The threads are platform threads: a virtual one that spins would hold up every other virtual
 * thread of the process. Some builtins of the languages cannot be stopped at all; a run that sits
 * in one ends for its caller, its thread stays behind and is counted by {@link #stuck}. Only the
 * end of the process helps then.
 */
public final class InProcessRuntime implements ScriptRuntime {
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final Duration grace;
    private final Engines engines = new Engines();
    private final Watchdog watchdog = new Watchdog();
    private final Set<ActiveRun> active = ConcurrentHashMap.newKeySet();
    private final AtomicInteger stuck = new AtomicInteger();
    private final GuestThreads threads = new GuestThreads();

    public InProcessRuntime() {
        this(GRACE);
    }

    /**
     * @param grace how long a guest that was told to end may take
     */
    InProcessRuntime(Duration grace) {
        this.grace = grace;
    }

    @Override
    public String run(GuestRun run, HostCalls host) throws ScriptException {
        LanguageEngine engine = engines.enter(run.script());
        var guest = new ActiveRun(run, host, engine, stuck);
        active.add(guest);
        try (var _ = watchdog.watch(guest, run);
                var _ = run.cancellation().onCancel(() -> guest.end(stopped(run)))) {
            start(run, guest, engine);
            return guest.await(grace);
        } finally {
            active.remove(guest);
        }
    }

    /** How many guests didn't end when they were told to, and still haven't. */
    public int stuck() {
        return stuck.get();
    }

    /** Ends every run. */
    @Override
    public void close() {
        active.forEach(guest -> guest.end(new ScriptFailure.Stopped("The sandbox was closed")));
        watchdog.close();
        engines.close();
    }

    private void start(GuestRun run, ActiveRun guest, LanguageEngine engine) {
        boolean started = false;
        try {
            threads.start(run, guest::work);
            started = true;
        } finally {
            if (!started) {
                engine.leave();
            }
        }
    }

    private static ScriptFailure stopped(GuestRun run) {
        String why = run.cancellation().reason().map(Cancellation.Reason::name).orElse("cancelled");
        return new ScriptFailure.Stopped("The run was stopped: " + why);
    }
}
