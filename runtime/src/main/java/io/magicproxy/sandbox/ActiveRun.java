package io.magicproxy.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;

/**
 * One run: the guest's thread works in {@link #work}, the caller waits in {@link #await}, and any
 * thread may {@link #end} it. The first end counts, and a guest that was told to end cannot reach
 * the host any more.
 */
final class ActiveRun {
    private static final System.Logger LOG = System.getLogger(ActiveRun.class.getName());

    private final GuestRun run;
    private final HostCalls host;
    private final LanguageEngine engine;
    private final GuestClock clock;
    private final AtomicInteger stuck;
    private final Inbox inbox = new Inbox();
    private final GuestRandom random;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);

    /** Only the guest's thread. */
    private BundleFiles files = new BundleFiles();

    /** Only the guest's thread. */
    private Instant time;

    /** Only the guest's thread. */
    private long printed;

    // Guarded by this.
    private Optional<Context> context = Optional.empty();
    private Optional<String> result = Optional.empty();
    private Optional<ScriptFailure> failure = Optional.empty();
    private boolean finished;
    private boolean abandoned;

    ActiveRun(GuestRun run, HostCalls host, LanguageEngine engine, AtomicInteger stuck) {
        this.stuck = stuck;
        this.run = run;
        this.host = host;
        this.engine = engine;
        this.clock = new GuestClock(run.limits().guestTime());
        this.random = new GuestRandom(run.seed());
        this.time = run.time();
    }

    /** The guest's thread. */
    void work() {
        try (GuestContext opened = engine.context(run.limits())) {
            files = opened.files();
            if (adopt(opened.context())) {
                opened.connect(run.script(), functions());
                drive(opened.context(), opened.glue());
            }
        } catch (PolyglotException e) {
            // Not of the script but while its error was looked at.
            if (!ended()) {
                fail(new Failures(run, files).of(e, Optional.empty()));
            }
        } catch (Inbox.ClosedException e) {
            fail(new ScriptFailure.Stopped("The run was stopped"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new ScriptFailure.Stopped("The run was interrupted"));
        } catch (OutOfMemoryError e) {
            fail(LimitMessages.memory());
        } catch (StackOverflowError e) {
            fail(LimitMessages.stack(run.limits()));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Run " + run.id() + ": the sandbox failed", e);
            fail(Failures.internal());
        } finally {
            finish();
            engine.leave();
        }
    }

    private void drive(Context opened, Value glue) throws InterruptedException {
        try {
            Value prelude = engine.guest().prelude(opened, glue, run.prelude());
            clock.begin();
            Value module = engine.guest().module(opened, glue, engine.source(run.script()));
            glue.invokeMember("begin", prelude, run.function(), module, run.input());
            while (glue.invokeMember("state").asString().equals("running")) {
                settleNext(glue);
            }
            if (glue.invokeMember("state").asString().equals("done")) {
                succeed(glue.invokeMember("result").asString());
            } else if (!ended()) {
                fail(new Failures(run, files).ofOutcome(glue));
            }
        } catch (PolyglotException e) {
            // What exceeds a limit of the engine is cancelled, too.
            if (!ended() && (!e.isCancelled() || e.isResourceExhausted())) {
                fail(new Failures(run, files).of(e, Optional.of(glue)));
            }
        } finally {
            clock.pause();
        }
    }

    private void settleNext(Value glue) throws InterruptedException {
        if (glue.invokeMember("pending").asInt() == 0) {
            fail(
                    new ScriptFailure.Thrown(
                            "The script waits for a promise that nothing will settle",
                            "Error",
                            Optional.empty(),
                            Optional.empty(),
                            List.of()));
            throw new Inbox.ClosedException();
        }
        clock.pause();
        Inbox.Entry next = inbox.take();
        clock.resume();
        glue.invokeMember("settle", next.call(), consume(next.reply()));
    }

    private HostFunctions functions() {
        return new HostFunctions(
                arguments -> time.toEpochMilli(),
                arguments -> time.getEpochSecond() * 1_000_000_000L + time.getNano(),
                arguments -> random.nextDouble(),
                arguments -> random.nextLong(),
                arguments -> ask(arguments[0].asString(), arguments[1].asString()),
                arguments -> start(arguments[0].asString(), arguments[1].asString()),
                arguments -> {
                    tell(arguments[0].asString(), arguments[1].asString());
                    return "";
                });
    }

    private String ask(String op, String value) {
        clock.pause();
        try {
            return consume(inbox.take(call(op, value)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Inbox.ClosedException();
        } finally {
            clock.resume();
        }
    }

    private long start(String op, String value) {
        clock.pause();
        try {
            return call(op, value);
        } finally {
            clock.resume();
        }
    }

    private long call(String op, String value) {
        checkSize(value, "What the script passes to " + op);
        checkOpen();
        if (inbox.waiting() >= SandboxLimits.CALLS) {
            end(LimitMessages.calls(SandboxLimits.CALLS));
            throw new Inbox.ClosedException();
        }
        long number = inbox.open();
        host.call(new HostCall(op, value), reply -> inbox.put(number, reply));
        return number;
    }

    private void tell(String op, String value) {
        checkSize(value, "What the script passes to " + op);
        if (op.equals("print")) {
            printed += size(value);
            if (printed > run.limits().outputBytes()) {
                throw refuse("What the script prints");
            }
        }
        checkOpen();
        clock.pause(); // It may have to wait until the host has dealt with what it said before.
        try {
            host.tell(new HostCall(op, value));
        } finally {
            clock.resume();
        }
    }

    /** As our code in the guest reads it: {@code =} and JSON, or {@code !}, code, message. */
    private String consume(HostReply reply) {
        time = reply.time();
        return switch (reply) {
            case HostReply.Answer answer -> "=" + answer.value();
            case HostReply.Failed failed -> "!" + failed.code() + "\n" + failed.message();
            case HostReply.Stop stop -> {
                end(new ScriptFailure.Stopped("The run was stopped"));
                throw new Inbox.ClosedException();
            }
        };
    }

    private void checkSize(String value, String what) {
        if (size(value) > run.limits().outputBytes()) {
            throw refuse(what);
        }
    }

    private Inbox.ClosedException refuse(String what) {
        end(LimitMessages.output(run.limits(), what));
        return new Inbox.ClosedException();
    }

    private static int size(String value) {
        return value.getBytes(StandardCharsets.UTF_8).length;
    }

    private void checkOpen() {
        if (ended()) {
            throw new Inbox.ClosedException();
        }
    }

    private void succeed(String value) {
        checkSize(value, "The script's result");
        String checked;
        try {
            checked = ScriptResult.checked(value);
        } catch (ScriptException e) {
            fail(e.failure());
            return;
        }
        synchronized (this) {
            if (failure.isEmpty()) {
                result = Optional.of(checked);
            }
        }
    }

    private synchronized boolean adopt(Context opened) {
        context = Optional.of(opened);
        return failure.isEmpty();
    }

    private synchronized void fail(ScriptFailure why) {
        if (failure.isEmpty() && result.isEmpty()) {
            failure = Optional.of(why);
        }
    }

    private synchronized boolean ended() {
        return failure.isPresent();
    }

    private void finish() {
        fail(Failures.internal());
        synchronized (this) {
            finished = true;
            if (abandoned) {
                stuck.decrementAndGet();
            }
        }
        done.countDown();
        ending.countDown();
    }

    /**
     * Waits for the guest; once it was told to end, no longer than the grace. A guest that doesn't
     * end by then is left to itself and counted as stuck until it does.
     */
    String await(Duration grace) throws ScriptException {
        boolean interrupted = false;
        try {
            ending.await();
        } catch (InterruptedException e) {
            interrupted = true;
            end(new ScriptFailure.Stopped("The run's thread was interrupted"));
        }
        long deadline = System.nanoTime() + grace.toNanos();
        boolean gone = false;
        while (!gone && deadline - System.nanoTime() > 0) {
            try {
                gone = done.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome();
    }

    private synchronized String outcome() throws ScriptException {
        if (!finished) {
            abandoned = true;
            stuck.incrementAndGet();
        }
        if (failure.isPresent()) {
            throw finished
                    ? new ScriptException(failure.get())
                    : ScriptException.leavingItBehind(failure.get());
        }
        return result.orElseThrow();
    }

    /** Ends the run if its guest worked too long; otherwise how long it may work at least. */
    Duration checkGuestTime() {
        Duration left = clock.left();
        if (!left.isPositive()) {
            end(LimitMessages.guestTime(run.limits()));
        }
        return left;
    }

    /** Ends the run, whatever it does; false if it was over. Doesn't wait for the guest. */
    boolean end(ScriptFailure why) {
        Optional<Context> open;
        synchronized (this) {
            if (finished || failure.isPresent() || result.isPresent()) {
                return false;
            }
            failure = Optional.of(why);
            open = context;
        }
        ending.countDown();
        inbox.close();
        // Closing waits for the guest, which may never come: on a thread of its own.
        open.ifPresent(
                it -> Thread.ofPlatform().daemon().name("script-end").start(() -> close(it)));
        return true;
    }

    private static void close(Context context) {
        try {
            context.close(true);
        } catch (PolyglotException e) {
            // It is closed; what else its last words were doesn't matter.
        }
    }
}
