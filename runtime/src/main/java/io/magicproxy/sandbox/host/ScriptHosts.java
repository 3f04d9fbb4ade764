package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptFailure.Denied;
import io.magicproxy.sandbox.ScriptFailure.LimitExceeded;
import io.magicproxy.sandbox.ScriptResult;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.sandbox.host.Outcome.Suspicion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Runs scripts in child JVMs, which hold nothing worth having and can be killed.
 *
 * <p>When a host dies, its runs end with {@link ScriptFailure.HostLost}, but for one that is known
 * to be the cause, which ends with the limit that it broke. The caller may start a lost run again,
 * <em>with the same id</em>: this object remembers by id which runs may have been the cause. Such a
 * run gets a host in which nothing else can be the cause; if that host dies of the same, the run
 * ends with that limit. A host that something else kills again and again loses its run each time:
 * how often to start again is the caller's to decide. A script that has cost a host its life is for
 * some time run like a suspect from the start, so that it doesn't cost others theirs again.
 */
public final class ScriptHosts implements ScriptRuntime {
    private static final System.Logger LOG = System.getLogger(ScriptHosts.class.getName());
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration LATE = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final HostSettings settings;
    private final Path folder;
    private final Map<Language, HostPool> pools = new EnumMap<>(Language.class);
    private final Suspects suspects = new Suspects();
    private final Offenders offenders = new Offenders();
    private final ScheduledThreadPoolExecutor supervisor;

    private volatile boolean closed;

    /** Only the supervisor's thread. */
    private long lastTick = System.nanoTime();

    public ScriptHosts(HostSettings settings) {
        this(settings, language -> HostCommand.java(settings, language));
    }

    ScriptHosts(HostSettings settings, Function<Language, HostCommand> commands) {
        this.settings = settings;
        try {
            this.folder = Files.createTempDirectory("mp");
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Script hosts need a folder for temporary files: " + e.getMessage(), e);
        }
        for (Language language : Language.values()) {
            pools.put(language, new HostPool(language, settings, commands.apply(language), folder));
        }
        this.supervisor =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("script-hosts").factory());
        settings.warm().forEach(language -> pool(language).fill());
        var _ =
                supervisor.scheduleAtFixedRate(
                        this::check, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private HostPool pool(Language language) {
        return Optional.ofNullable(pools.get(language)).orElseThrow();
    }

    @Override
    public void expect(Language language) {
        pool(language).fill();
    }

    @Override
    public String run(GuestRun run, HostCalls host) throws ScriptException {
        HostPool pool = pool(run.script().language());
        try {
            String script = run.script().hash();
            boolean suspect = suspects.contains(run.id()) || offenders.contains(script);
            Outcome outcome = new Outcome.Refused();
            while (outcome instanceof Outcome.Refused) {
                outcome = suspect ? tryOut(pool, run, host) : attempt(pool.share(), run, host);
            }
            return result(run, script, outcome, suspect);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ScriptException(
                    new ScriptFailure.Stopped("The run's thread was interrupted"));
        }
    }

    private static Outcome tryOut(HostPool pool, GuestRun run, HostCalls calls)
            throws ScriptException, InterruptedException {
        Optional<ScriptHost> found = pool.trial(LOOK);
        while (found.isEmpty()) {
            checkWanted(run);
            found = pool.trial(LOOK);
        }
        ScriptHost host = found.get();
        try {
            return attempt(host, run, calls);
        } finally {
            pool.leave(host);
        }
    }

    private static Outcome attempt(ScriptHost host, GuestRun run, HostCalls calls)
            throws ScriptException, InterruptedException {
        do {
            checkWanted(run);
        } while (!host.awaitUp(LOOK));
        return host.run(run, calls);
    }

    private String result(GuestRun run, String script, Outcome outcome, boolean suspect)
            throws ScriptException {
        return switch (outcome) {
            case Outcome.Done it -> {
                suspects.remove(run.id());
                yield ScriptResult.checked(it.result());
            }
            case Outcome.Failed it -> {
                suspects.remove(run.id());
                throw new ScriptException(it.failure());
            }
            case Outcome.Fatal it -> {
                suspects.remove(run.id());
                offenders.add(script);
                throw new ScriptException(it.failure());
            }
            case Outcome.Lost it -> {
                ScriptFailure failure = lost(run, it, suspect);
                if (failure instanceof LimitExceeded || failure instanceof Denied) {
                    offenders.add(script);
                }
                throw new ScriptException(failure);
            }
            case Outcome.Refused _ ->
                    throw new IllegalStateException("what was refused is tried again");
        };
    }

    private static void checkWanted(GuestRun run) throws ScriptException {
        if (run.cancellation().reason().isPresent()) {
            throw new ScriptException(HostMessages.stopped(run));
        }
    }

    private ScriptFailure lost(GuestRun run, Outcome.Lost lost, boolean suspect) {
        if (closed && lost.death() instanceof Death.Closed) {
            return new ScriptFailure.Stopped("The sandbox was closed");
        }
        Optional<ScriptFailure> verdict =
                suspect && lost.suspicion() == Suspicion.ONLY
                        ? verdict(run, lost.death())
                        : Optional.empty();
        if (verdict.isPresent()) {
            suspects.remove(run.id());
            return verdict.get();
        }
        if (lost.suspicion() != Suspicion.NONE) {
            suspects.add(run.id());
        }
        return HostMessages.lost(lost.death());
    }

    /** Of a run that it was the second time; none where it needn't be its doing. */
    private Optional<ScriptFailure> verdict(GuestRun run, Death death) {
        return switch (death) {
            case Death.HeapFull _ -> Optional.of(HostMessages.memory(settings.heapMebibytes()));
            case Death.Silent _ -> Optional.of(HostMessages.guestTime(run.limits()));
            case Death.Lied it -> Optional.of(HostMessages.lied(it.what()));
            case Death.Closed _, Death.Stuck _, Death.Overdue _, Death.NotStarted _, Death.Gone _ ->
                    Optional.empty();
        };
    }

    private void check() {
        long now = System.nanoTime();
        // This process stood still (or the machine slept): heartbeats may only not be read yet.
        boolean late = now - lastTick > LATE.toNanos();
        lastTick = now;
        for (HostPool pool : pools.values()) {
            try {
                pool.check(now, late);
            } catch (RuntimeException e) {
                // An exception would be the end of all supervision.
                LOG.log(System.Logger.Level.ERROR, "A check of the script hosts failed", e);
            }
        }
    }

    /** The living hosts. */
    public List<HostStatus> hosts() {
        return pools.values().stream()
                .flatMap(pool -> pool.hosts().stream())
                .flatMap(host -> host.status().stream())
                .toList();
    }

    /** Ends every run and every host. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        supervisor.shutdownNow();
        List<ScriptHost> ending = new ArrayList<>();
        pools.values().forEach(pool -> ending.addAll(pool.close()));
        try {
            for (ScriptHost host : ending) {
                host.awaitEnd();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        HostProcess.delete(folder);
    }
}
