package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.host.Outcome.Suspicion;
import io.magicproxy.sandbox.host.Wire.MalformedFrameException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One host, from its start to its death. A thread of its own starts the process, reads its frames,
 * and when it is gone ends its runs.
 */
final class ScriptHost {
    private static final System.Logger LOG = System.getLogger(ScriptHost.class.getName());
    private static final int BUFFER = 64 << 10;

    private static final Duration LAST_BREATH = Duration.ofSeconds(2);

    /** On a busy machine a language takes its time; killing the host would only begin it anew. */
    private static final int WARM_UPS = 10;

    private static final int NEARLY_FULL = 85;

    private final String name;
    private final HostSettings settings;
    private final HostCommand command;
    private final Path parent;
    private final Consumer<ScriptHost> onDeath;
    private final CountDownLatch up = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final long born = System.nanoTime();

    // Guarded by this.
    private final SentSources sources = new SentSources();
    private final Map<Long, RemoteRun> runs = new HashMap<>();
    private Optional<HostProcess> process = Optional.empty();
    private Optional<SocketChannel> channel = Optional.empty();
    private Optional<Outbox> outbox = Optional.empty();
    private Optional<Death> death = Optional.empty();
    private boolean ready;
    private long heard = born;
    private int heap;
    private long numbers;
    private int promised;

    ScriptHost(
            String name,
            HostSettings settings,
            HostCommand command,
            Path parent,
            Consumer<ScriptHost> onDeath) {
        this.name = name;
        this.settings = settings;
        this.command = command;
        this.parent = parent;
        this.onDeath = onDeath;
    }

    /** Doesn't wait until it is up. */
    void start() {
        Thread.ofPlatform().daemon().name(name).start(this::live);
    }

    private void live() {
        Optional<HostProcess> started = Optional.empty();
        try {
            started = Optional.of(HostProcess.start(parent, command, name));
            if (adopt(started.get())) {
                serve(started.get());
            }
        } catch (MalformedFrameException e) {
            kill(new Death.Lied(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, name + " ended", e);
            if (started.isEmpty()) {
                kill(new Death.NotStarted(String.valueOf(e.getMessage())));
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, name + ": its frames could not be handled", e);
            kill(new Death.Lied("a frame that cannot be handled"));
        } finally {
            finish(started);
        }
    }

    private synchronized boolean adopt(HostProcess started) {
        process = Optional.of(started);
        return death.isEmpty();
    }

    private void serve(HostProcess started) throws IOException {
        try (SocketChannel socket = started.accept()) {
            if (!connected(socket)) {
                return;
            }
            var in =
                    new DataInputStream(
                            new BufferedInputStream(Channels.newInputStream(socket), BUFFER));
            greet(started, Wire.readFromHost(in).frame());
            try (var writing = Outbox.start(socket, name + "-out")) {
                synchronized (this) {
                    outbox = Optional.of(writing);
                }
                while (true) {
                    Packet<FromHost> packet = Wire.readFromHost(in);
                    handle(packet.frame(), packet.body());
                }
            }
        }
    }

    /** False if the host was killed before: nobody else will close this. */
    private synchronized boolean connected(SocketChannel socket) {
        channel = Optional.of(socket);
        return death.isEmpty();
    }

    private static void greet(HostProcess started, FromHost first) throws MalformedFrameException {
        boolean welcome =
                first instanceof FromHost.Hello(String token, long pid)
                        && pid == started.pid()
                        && MessageDigest.isEqual(
                                token.getBytes(StandardCharsets.UTF_8),
                                started.token().getBytes(StandardCharsets.UTF_8));
        if (!welcome) {
            throw new MalformedFrameException("who connected isn't the host that was started");
        }
    }

    private void handle(FromHost frame, String body) throws IOException {
        switch (frame) {
            case FromHost.Hello _ -> throw new MalformedFrameException("a second hello");
            case FromHost.Ready _ -> ready();
            case FromHost.Heartbeat it -> heartbeat(it);
            case FromHost.Call it -> mine(it.run()).call(it, body);
            case FromHost.Tell it -> mine(it.run()).tell(it, body);
            case FromHost.Result it -> end(it.run(), new Outcome.Done(body));
            case FromHost.Failed it when it.stuck() -> {
                end(it.run(), new Outcome.Fatal(FailureJson.read(body)));
                kill(new Death.Stuck());
            }
            case FromHost.Failed it -> end(it.run(), new Outcome.Failed(FailureJson.read(body)));
        }
    }

    private void ready() {
        synchronized (this) {
            ready = true;
        }
        LOG.log(System.Logger.Level.DEBUG, name + " is ready");
        up.countDown();
    }

    private synchronized void heartbeat(FromHost.Heartbeat beat) {
        heard = System.nanoTime();
        heap = beat.heap();
        for (FromHost.Allocated it : beat.runs()) {
            RemoteRun run = runs.get(it.run());
            if (run != null) { // It may have ended while the host counted.
                run.allocated(it.bytes());
            }
        }
    }

    private synchronized RemoteRun mine(long run) throws MalformedFrameException {
        return Optional.ofNullable(runs.get(run))
                .orElseThrow(() -> new MalformedFrameException("run " + run + " isn't its own"));
    }

    private synchronized void end(long number, Outcome outcome) throws MalformedFrameException {
        RemoteRun run = mine(number);
        runs.remove(number);
        run.end(outcome);
    }

    /** One attempt, to its end or the host's. */
    Outcome run(GuestRun run, HostCalls calls) {
        if (!Wire.fits(run.input())) {
            return new Outcome.Failed(HostMessages.tooLarge("The run's input"));
        }
        String script = run.script().hash();
        String prelude = SentSources.hash(run.prelude());
        RemoteRun remote;
        synchronized (this) {
            if (death.isPresent() || outbox.isEmpty()) {
                return refused();
            }
            Outbox to = outbox.get();
            Consumer<Packet<ToHost>> out = packet -> to.put(Wire.toHost(packet));
            if (!sources.send(run.script(), script, out)) {
                return new Outcome.Failed(HostMessages.tooLarge("The script with all its files"));
            }
            sources.send(run.prelude(), prelude, out);
            long number = ++numbers;
            remote = new RemoteRun(number, run, calls, out);
            runs.put(number, remote);
            out.accept(new Packet<>(frame(number, run, script, prelude), run.input()));
        }
        try (var _ = run.cancellation().onCancel(remote::stop)) {
            return remote.await();
        }
    }

    /** Another host may take the run, unless this one never came up: the next wouldn't either. */
    private synchronized Outcome refused() {
        Death why = death.orElseGet(Death.Closed::new);
        return ready || why instanceof Death.Closed
                ? new Outcome.Refused()
                : new Outcome.Lost(why, Suspicion.NONE);
    }

    private static ToHost.Run frame(long number, GuestRun run, String script, String prelude) {
        var limits = run.limits();
        return new ToHost.Run(
                number,
                run.id(),
                script,
                prelude,
                run.function(),
                run.seed(),
                ToHost.Time.of(run.time()),
                new ToHost.Limits(
                        limits.guestTime().toMillis(),
                        limits.wallTime().toMillis(),
                        limits.statements(),
                        Math.min(limits.outputBytes(), Wire.MAX_BODY),
                        limits.stackFrames()));
    }

    /** The first reason counts. */
    void kill(Death why) {
        Optional<HostProcess> started;
        Optional<SocketChannel> open;
        synchronized (this) {
            if (death.isPresent()) {
                return;
            }
            death = Optional.of(why);
            started = process;
            open = channel;
        }
        started.ifPresent(HostProcess::kill);
        open.ifPresent(ScriptHost::close);
    }

    private static void close(SocketChannel open) {
        try {
            open.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "A host's connection didn't close", e);
        }
    }

    /** The connection is gone: the process follows, and its runs end. */
    private void finish(Optional<HostProcess> started) {
        OptionalInt exit = started.map(it -> it.exitCode(LAST_BREATH)).orElse(OptionalInt.empty());
        kill(died(exit, started.map(HostProcess::lastOutput).orElse("")));
        started.ifPresent(it -> {
            it.kill();
            it.exitCode(LAST_BREATH);
            it.cleanUp();
        });
        List<RemoteRun> left;
        Death why;
        synchronized (this) {
            left = List.copyOf(runs.values());
            why = death.orElseThrow();
        }
        var level =
                why instanceof Death.Closed
                        ? System.Logger.Level.DEBUG
                        : System.Logger.Level.WARNING;
        LOG.log(level, "%s is gone with %d runs: %s".formatted(name, left.size(), why.text()));
        List<RemoteRun> suspects = left.stream().filter(run -> mayBeTheCause(run, why)).toList();
        left.forEach(run -> run.end(fate(run, why, suspects)));
        over.countDown();
        onDeath.accept(this);
        up.countDown();
    }

    private synchronized Death died(OptionalInt exit, String lastOutput) {
        if (!ready) {
            return new Death.NotStarted(
                    "exit code %s; its last words: %s"
                            .formatted(exit.isPresent() ? exit.getAsInt() : "unknown", lastOutput));
        }
        return exit.equals(OptionalInt.of(ScriptHostMain.OUT_OF_MEMORY))
                ? new Death.HeapFull()
                : new Death.Gone(exit.orElse(-1));
    }

    private static Outcome fate(RemoteRun run, Death why, List<RemoteRun> suspects) {
        if (why instanceof Death.Overdue it && it.run() == run.number()) {
            return new Outcome.Fatal(it.failure());
        }
        if (!suspects.contains(run)) {
            return new Outcome.Lost(why, Suspicion.NONE);
        }
        return new Outcome.Lost(
                why, suspects.size() == 1 ? Suspicion.ONLY : Suspicion.AMONG_OTHERS);
    }

    private boolean mayBeTheCause(RemoteRun run, Death why) {
        return switch (why) {
            case Death.HeapFull _ -> run.mayHold(harmless());
            case Death.Silent _, Death.Gone _ -> run.inGuest();
            case Death.Lied _ -> true;
            case Death.Overdue _, Death.Stuck _, Death.Closed _, Death.NotStarted _ -> false;
        };
    }

    /** So much that one run can hold it and not be what filled the heap. */
    private long harmless() {
        return ((long) settings.heapMebibytes() << 20) / 8;
    }

    /**
     * Kills the host if it is silent or one of its runs should be over.
     *
     * @param late this process itself stood still, so that silence says nothing
     */
    void check(long now, boolean late) {
        var times = settings.times();
        if (late) {
            hear();
        }
        if (isSilent(now)) {
            kill(wasReady() ? silent() : notStarted("no sign of life", times.start()));
        }
        Duration longest = times.start().multipliedBy(WARM_UPS);
        if (!wasReady() && now - born > longest.toNanos()) {
            kill(notStarted("not ready", longest));
        }
        for (RemoteRun run : open()) {
            run.overdue(now, times)
                    .ifPresent(failure -> kill(new Death.Overdue(run.number(), failure)));
        }
    }

    /** A heap that is nearly full is collected over and over, and nothing else moves. */
    private synchronized Death silent() {
        return heap > NEARLY_FULL ? new Death.HeapFull() : new Death.Silent();
    }

    private static Death notStarted(String what, Duration within) {
        return new Death.NotStarted(what + " within " + within.toSeconds() + " s");
    }

    private synchronized void hear() {
        heard = System.nanoTime();
        outbox.ifPresent(Outbox::forgive);
    }

    /** Also if it speaks but doesn't listen. */
    private synchronized boolean isSilent(long now) {
        var patience = ready ? settings.times().silence() : settings.times().start();
        return now - heard > patience.toNanos()
                || outbox.stream().anyMatch(it -> it.isStuck(now, patience));
    }

    private synchronized List<RemoteRun> open() {
        return List.copyOf(runs.values());
    }

    /** Until it is ready or dead. */
    boolean awaitUp(Duration patience) throws InterruptedException {
        return up.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    void awaitEnd() throws InterruptedException {
        over.await();
    }

    synchronized boolean isAlive() {
        return death.isEmpty();
    }

    synchronized boolean wasReady() {
        return ready;
    }

    synchronized int load() {
        return Math.max(runs.size(), promised);
    }

    /** A run will come. */
    synchronized void promise() {
        promised++;
    }

    /** It is over, or won't come. */
    synchronized void breakPromise() {
        promised--;
    }

    /** Nothing in it may be dangerous: one suspect can be added, and will be known as the cause. */
    synchronized boolean isHarmless() {
        return promised == runs.size()
                && runs.values().stream().noneMatch(run -> run.mayHold(harmless()));
    }

    synchronized Optional<HostStatus> status() {
        return process.filter(_ -> death.isEmpty())
                .map(it -> new HostStatus(name, it.pid(), ready, runs.size()));
    }
}
