package io.magicproxy.upstream;

import io.magicproxy.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One attempt's life: it is broken once, or it finishes, never both.
 *
 * <p>Breaking closes what the attempt's thread is blocked on, from the thread that breaks. Nobody
 * is interrupted, so no interrupt can leak into later code; and a connection goes back to the pool
 * only after {@link #finish()} has won, so a late break can't hit its next user.
 */
final class Attempt {
    /** About a century: beyond it, nanoTime's differences would overflow. */
    private static final long FOREVER = TimeUnit.DAYS.toNanos(36_500);

    /** How long what nobody needs may take. */
    private static final Duration REST = Duration.ofMillis(100);

    private final Origin origin;
    private final Cancellation cancellation;
    private final Cancellation.Registration registration;
    private final Timeouts timeouts;
    private final long start = System.nanoTime();
    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.RUNNING);
    private volatile Deadline deadline;
    private volatile Runnable breaker = () -> {};

    private record Deadline(long nanos, Kind kind) {}

    private record Fate(boolean running, Optional<Kind> brokenBy) {
        static final Fate RUNNING = new Fate(true, Optional.empty());
        static final Fate FINISHED = new Fate(false, Optional.empty());
    }

    Attempt(Origin origin, Timeouts timeouts, Cancellation cancellation) {
        this.origin = origin;
        this.cancellation = cancellation;
        this.timeouts = timeouts;
        this.deadline = earliest(timeouts.response(), Kind.RESPONSE_TIMEOUT);
        this.registration = cancellation.onCancel(() -> breakBy(Kind.CANCELLED));
    }

    static long nanos(Duration duration) {
        return Math.min(FOREVER, TimeUnit.NANOSECONDS.convert(duration));
    }

    /** From here on, breaking does this. */
    void guard(Runnable breaking) throws UpstreamException {
        breaker = breaking;
        if (!fate.get().running()) {
            breaking.run();
            throw broken();
        }
    }

    void connecting() {
        deadline = earliest(min(timeouts.connect(), timeouts.response()), Kind.CONNECT_TIMEOUT);
    }

    void awaitingResponse() {
        deadline = earliest(timeouts.response(), Kind.RESPONSE_TIMEOUT);
    }

    void readingToTheEnd() {
        deadline = earliest(timeouts.total(), Kind.TOTAL_TIMEOUT);
    }

    void readingTheRest() {
        deadline = earliest(Duration.ofNanos(elapsedNanos()).plus(REST), Kind.TOTAL_TIMEOUT);
    }

    void breakIfOverdue(long now) {
        Deadline due = deadline;
        if (now - due.nanos() < 0) {
            return;
        }
        if (due.kind() == Kind.CANCELLED) {
            cancellation.cancel(Cancellation.Reason.DEADLINE);
        } else {
            breakBy(due.kind());
        }
    }

    /** True once, and only if nobody has broken the attempt. */
    boolean finish() {
        registration.close();
        return fate.compareAndSet(Fate.RUNNING, Fate.FINISHED);
    }

    boolean running() {
        return fate.get().running();
    }

    long remainingNanos() {
        return deadline.nanos() - System.nanoTime();
    }

    long elapsedNanos() {
        return System.nanoTime() - start;
    }

    Origin origin() {
        return origin;
    }

    /** The exception of an attempt that was broken. */
    UpstreamException broken() {
        Kind kind = fate.get().brokenBy().orElse(Kind.CANCELLED);
        return new UpstreamException(
                kind,
                switch (kind) {
                    case CONNECT_TIMEOUT ->
                            origin + " accepted no connection in time; check address and network";
                    case RESPONSE_TIMEOUT ->
                            origin
                                    + " began no answer in time; raise the profile's time-out if it may be that slow";
                    case TOTAL_TIMEOUT ->
                            origin
                                    + " did not end its answer in time; raise the profile's timeout if it may be that long";
                    default -> "the call to " + origin + " was given up";
                });
    }

    void breakBy(Kind kind) {
        if (fate.compareAndSet(Fate.RUNNING, new Fate(false, Optional.of(kind)))) {
            breaker.run();
        }
    }

    private Deadline earliest(Duration limit, Kind kind) {
        long own = Math.min(nanos(limit), nanos(timeouts.total()));
        Kind ownKind = nanos(limit) > nanos(timeouts.total()) ? Kind.TOTAL_TIMEOUT : kind;
        long caller = cancellation.remainingNanos();
        long elapsed = System.nanoTime() - start;
        return caller < own - elapsed
                ? new Deadline(start + elapsed + caller, Kind.CANCELLED)
                : new Deadline(start + own, ownKind);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
