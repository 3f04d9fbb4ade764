package io.magicproxy.sandbox.host;

import io.magicproxy.sandbox.GuestRun;
import io.magicproxy.sandbox.HostCall;
import io.magicproxy.sandbox.HostCalls;
import io.magicproxy.sandbox.HostReply;
import io.magicproxy.sandbox.SandboxLimits;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.host.Wire.MalformedFrameException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A run as the gateway sees it. The thread that reads the host's frames puts them in, the caller's
 * own thread deals with them in {@link #await}: a caller that takes its time holds up nobody else.
 */
final class RemoteRun {
    private static final System.Logger LOG = System.getLogger(RemoteRun.class.getName());

    /** A host counts processor time; by the clock a guest may take several times its limit. */
    private static final int PATIENCE = 4;

    private static final long MARGIN_NANOS = Duration.ofSeconds(1).toNanos();

    private final long number;
    private final GuestRun run;
    private final HostCalls calls;
    private final Consumer<Packet<ToHost>> out;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final long begun = System.nanoTime();

    // Guarded by this.
    private final Set<Long> open = new HashSet<>();
    private long lastCall;
    private long unheeded;
    private long active = begun;
    private OptionalLong stopped = OptionalLong.empty();
    private OptionalLong allocated = OptionalLong.empty();
    private long allocatedAt;

    // Only the caller's thread.
    private long heeded;
    private Optional<ScriptFailure> ours = Optional.empty();

    private sealed interface Event {
        record Asked(long number, String op, String value) implements Event {}

        record Told(String op, String value) implements Event {}

        record Ended(Outcome outcome) implements Event {}
    }

    RemoteRun(long number, GuestRun run, HostCalls calls, Consumer<Packet<ToHost>> out) {
        this.number = number;
        this.run = run;
        this.calls = calls;
        this.out = out;
    }

    long number() {
        return number;
    }

    /** Deals with what the guest asks for, until its end. */
    Outcome await() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    switch (events.take()) {
                        case Event.Asked it -> asked(it);
                        case Event.Told it -> told(it);
                        case Event.Ended it -> {
                            return mine(it.outcome());
                        }
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                    stop();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A run that was told to stop ends so, whatever became of its host meanwhile. */
    private Outcome mine(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done it -> ours.<Outcome>map(Outcome.Failed::new).orElse(it);
            case Outcome.Refused it -> it;
            case Outcome.Failed it ->
                    it.failure() instanceof ScriptFailure.Stopped && isStopped()
                            ? new Outcome.Failed(ours.orElseGet(() -> HostMessages.stopped(run)))
                            : it;
            case Outcome.Fatal it ->
                    it.failure() instanceof ScriptFailure.Stopped && isStopped()
                            ? new Outcome.Fatal(ours.orElseGet(() -> HostMessages.stopped(run)))
                            : it;
            case Outcome.Lost it ->
                    isStopped()
                            ? new Outcome.Failed(ours.orElseGet(() -> HostMessages.stopped(run)))
                            : it;
        };
    }

    private void asked(Event.Asked asked) {
        handle(() ->
                calls.call(
                        new HostCall(asked.op(), asked.value()),
                        reply -> reply(asked.number(), reply)));
        heed(Window.cost(asked.op(), asked.value()));
    }

    private void told(Event.Told told) {
        handle(() -> calls.tell(new HostCall(told.op(), told.value())));
        heed(Window.cost(told.op(), told.value()));
    }

    private void handle(Runnable work) {
        if (isStopped()) {
            return;
        }
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Run " + run.id() + ": a call failed", e);
            ours = Optional.of(HostMessages.internal());
            stop();
        }
    }

    private void heed(long cost) {
        heeded += cost;
        synchronized (this) {
            unheeded -= cost;
        }
        if (heeded >= Window.SIZE / 8) {
            out.accept(Packet.of(new ToHost.Taken(number, heeded)));
            heeded = 0;
        }
    }

    private synchronized void reply(long call, HostReply reply) {
        if (!open.remove(call)) {
            return;
        }
        active = System.nanoTime();
        var time = ToHost.Time.of(reply.time());
        out.accept(
                switch (reply) {
                    case HostReply.Answer it when Wire.fits(it.value()) ->
                            new Packet<>(new ToHost.Answer(number, call, time), it.value());
                    case HostReply.Answer _ ->
                            new Packet<>(
                                    new ToHost.AnswerFailed(number, call, time, "too_large"),
                                    "The answer is larger than "
                                            + (Wire.MAX_BODY >> 20)
                                            + " MiB: ask for less at once");
                    case HostReply.Failed it ->
                            new Packet<>(
                                    new ToHost.AnswerFailed(
                                            number, call, time, Wire.name(it.code())),
                                    FailureJson.cut(it.message()));
                    case HostReply.Stop _ -> Packet.of(new ToHost.AnswerStop(number, call, time));
                });
    }

    /** Tells the guest to stop; its end comes from its host. */
    void stop() {
        synchronized (this) {
            if (stopped.isPresent()) {
                return;
            }
            stopped = OptionalLong.of(System.nanoTime());
        }
        out.accept(Packet.of(new ToHost.Stop(number)));
    }

    private synchronized boolean isStopped() {
        return stopped.isPresent();
    }

    void call(FromHost.Call call, String value) throws MalformedFrameException {
        synchronized (this) {
            if (call.number() != lastCall + 1) {
                throw new MalformedFrameException("call " + call.number() + " after " + lastCall);
            }
            if (open.size() >= SandboxLimits.CALLS) {
                throw new MalformedFrameException("run " + number + " calls more than it may");
            }
            lastCall++;
            open.add(call.number());
            said(Window.cost(call.op(), value));
        }
        events.add(new Event.Asked(call.number(), call.op(), value));
    }

    void tell(FromHost.Tell tell, String value) throws MalformedFrameException {
        synchronized (this) {
            said(Window.cost(tell.op(), value));
        }
        events.add(new Event.Told(tell.op(), value));
    }

    private synchronized void said(long cost) throws MalformedFrameException {
        // What the caller has dealt with but not acknowledged, the host still counts.
        if (unheeded >= Window.SIZE) {
            throw new MalformedFrameException("run " + number + " says more than it may");
        }
        unheeded += cost;
        active = System.nanoTime();
    }

    synchronized void allocated(long bytes) {
        allocated = OptionalLong.of(bytes);
        allocatedAt = System.nanoTime();
    }

    /** Nothing that it says or is told counts any more. */
    void end(Outcome outcome) {
        synchronized (this) {
            open.clear();
        }
        events.add(new Event.Ended(outcome));
    }

    /** Asks a cancellation that has a deadline, and whether the guest should be over by now. */
    Optional<ScriptFailure> overdue(long now, HostSettings.Times times) {
        if (run.cancellation().reason().isPresent()) {
            stop();
        }
        synchronized (this) {
            if (stopped.isPresent() && now - stopped.getAsLong() > times.stop().toNanos()) {
                return Optional.of(HostMessages.stopped(run));
            }
            var limits = run.limits();
            long grace = times.grace().toNanos();
            if (now - begun - grace > saturated(limits.wallTime())) {
                return Optional.of(HostMessages.wallTime(limits));
            }
            Duration patience = limits.guestTime().multipliedBy(PATIENCE);
            if (inGuest() && now - active - grace > saturated(patience)) {
                return Optional.of(HostMessages.guestTime(limits));
            }
            return Optional.empty();
        }
    }

    private static long saturated(Duration duration) {
        return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0
                ? Long.MAX_VALUE
                : duration.toNanos();
    }

    /** It waits for nobody, so it works. */
    synchronized boolean inGuest() {
        return open.isEmpty() && unheeded < Window.SIZE;
    }

    /**
     * Whether it may be what filled the heap: not if it has allocated less than {@code harmless}
     * bytes in all and has done nothing since that was seen.
     */
    synchronized boolean mayHold(long harmless) {
        return inGuest()
                || allocated.isEmpty()
                || allocated.getAsLong() > harmless
                || active > allocatedAt - MARGIN_NANOS;
    }
}
