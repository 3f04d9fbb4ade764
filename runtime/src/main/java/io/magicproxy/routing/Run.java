package io.magicproxy.routing;

import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.provider.CallContext;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One request on its way along a route. */
final class Run<T> {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_SLEEP = Duration.ofMillis(250);

    private final Route route;
    private final Cancellation cancellation;
    private final Failover.Call<T> call;
    private final Failover.Settings settings;
    private final InstantSource clock;
    private final Pause pause;
    private final RoutingListener listener;

    private final List<Attempt> attempts = new ArrayList<>();
    private final Set<String> passedOver = new HashSet<>();
    private @Nullable ProviderFailure last;
    private Optional<Instant> due = Optional.empty();

    Run(
            Route route,
            Cancellation cancellation,
            Failover.Call<T> call,
            Failover.Settings settings,
            InstantSource clock,
            Pause pause,
            RoutingListener listener) {
        this.route = route;
        this.cancellation = cancellation;
        this.call = call;
        this.settings = settings;
        this.clock = clock;
        this.pause = pause;
        this.listener = listener;
    }

    /** How one profile fared. */
    private sealed interface Outcome<T> {
        record Answered<T>(T value, Profile profile) implements Outcome<T> {}

        /** On to the next one. */
        record Passed<T>() implements Outcome<T> {}

        /** Only another kind of model can help. */
        record Misfit<T>(ProviderFailure failure, boolean tooLong) implements Outcome<T> {}
    }

    Routed<T> result() throws RoutingException {
        while (true) {
            due = Optional.empty();
            Optional<Routed<T>> answer = along(route.chain());
            if (answer.isPresent()) {
                return answer.get();
            }
            waitForTheFirst();
        }
    }

    private Optional<Routed<T>> along(List<Profile> chain) throws RoutingException {
        for (Profile profile : chain) {
            switch (profile(profile)) {
                case Outcome.Answered<T>(T value, Profile by) -> {
                    passedOver.remove(by.name());
                    return Optional.of(
                            new Routed<>(value, by, List.copyOf(attempts), passedOver.size()));
                }
                case Outcome.Passed<T> _ -> passedOver.add(profile.name());
                case Outcome.Misfit<T>(ProviderFailure failure, boolean tooLong) -> {
                    passedOver.add(profile.name());
                    return fallback(
                            chain, failure, tooLong ? route.ifTooLong() : route.ifRefused());
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Routed<T>> fallback(
            List<Profile> chain, ProviderFailure failure, List<Profile> others)
            throws RoutingException {
        List<Profile> left = others.stream().filter(p -> !passedOver.contains(p.name())).toList();
        if (left.isEmpty() || chain.equals(left)) {
            throw new RoutingException(new RoutingFailure.Refused(failure, List.copyOf(attempts)));
        }
        return along(left);
    }

    private Outcome<T> profile(Profile profile) throws RoutingException {
        Set<String> triedKeys = new HashSet<>();
        for (int retries = 0; ; ) {
            Optional<Hold> hold = hold(profile, triedKeys);
            if (hold.isEmpty()) {
                return new Outcome.Passed<>();
            }
            boolean lastTry = retries >= settings.retries();
            Attempted<T> attempted = attempt(profile, hold.get(), lastTry);
            if (attempted.failure.isEmpty()) {
                return new Outcome.Answered<>(attempted.value(), profile);
            }
            ProviderFailure failure = attempted.failure.get();
            last = failure;
            switch (NextStep.after(failure)) {
                case NextStep.NextKey _ -> {
                    if (hold.get().key().isEmpty()) {
                        return new Outcome.Passed<>();
                    }
                    triedKeys.add(hold.get().key().get().fingerprint());
                }
                case NextStep.SameProfile _ -> {
                    if (lastTry) {
                        return new Outcome.Passed<>();
                    }
                    pause.sleep(backoff(retries++, failure), cancellation);
                }
                case NextStep.NextProfile _ -> {
                    return new Outcome.Passed<>();
                }
                case NextStep.Fallback(boolean tooLong) -> {
                    return new Outcome.Misfit<>(failure, tooLong);
                }
                case NextStep.GiveUp _ ->
                        throw new RoutingException(
                                new RoutingFailure.Refused(failure, List.copyOf(attempts)));
            }
        }
    }

    private record Attempted<T>(@Nullable T result, Optional<ProviderFailure> failure) {
        T value() {
            return Objects.requireNonNull(result);
        }
    }

    private Attempted<T> attempt(Profile profile, Hold hold, boolean lastTry) {
        long start = System.nanoTime();
        try {
            T value = call.on(profile, context(profile, hold), hold);
            record(profile, hold, Optional.empty(), start);
            return new Attempted<>(value, Optional.empty());
        } catch (ProviderException e) {
            hold.failed(e.failure(), lastTry);
            hold.close();
            record(profile, hold, Optional.of(e.failure()), start);
            return new Attempted<>(null, Optional.of(e.failure()));
        } catch (RuntimeException e) {
            hold.close();
            throw e;
        }
    }

    private void record(Profile profile, Hold hold, Optional<ProviderFailure> failure, long start) {
        Attempt attempt =
                new Attempt(
                        profile.name(),
                        profile.provider(),
                        hold.key().map(Object::toString),
                        failure,
                        Duration.ofNanos(System.nanoTime() - start));
        attempts.add(attempt);
        listener.attemptFinished(attempt);
    }

    /**
     * All that a call of this profile needs; empty if something is missing now, with the time noted
     * if it will be there.
     */
    private Optional<Hold> hold(Profile profile, Set<String> triedKeys) {
        if (profile.slots().isPresent() && !profile.slots().get().tryAcquire()) {
            comeBack(clock.instant().plusMillis(50));
            return Optional.empty();
        }
        Optional<Instant> closed = profile.breaker().closedUntil();
        if (closed.isPresent()) {
            comeBack(closed.get());
            profile.slots().ifPresent(Semaphore::release);
            return Optional.empty();
        }
        Optional<Hold> hold = withKey(profile, triedKeys);
        if (hold.isEmpty()) {
            profile.breaker().undecided();
            profile.slots().ifPresent(Semaphore::release);
        }
        return hold;
    }

    private Optional<Hold> withKey(Profile profile, Set<String> triedKeys) {
        if (profile.pool().isEmpty()) {
            return Optional.of(new Hold(profile, Optional.empty()));
        }
        return switch (profile.pool().get().lease(triedKeys)) {
            case KeyPool.Leased.Key(KeyLease lease) ->
                    Optional.of(new Hold(profile, Optional.of(lease)));
            case KeyPool.Leased.Later(Instant at) -> {
                comeBack(at);
                yield Optional.empty();
            }
            case KeyPool.Leased.Never _ -> {
                if (!triedKeys.isEmpty()) {
                    // Keys that this request has seen refused may rest for a time that it can wait.
                    profile.pool().get().nextDue().ifPresent(this::comeBack);
                    yield Optional.empty();
                }
                yield profile.keyRequired()
                        ? Optional.empty()
                        : Optional.of(new Hold(profile, Optional.empty()));
            }
        };
    }

    private void comeBack(Instant at) {
        due = due.filter(earlier -> earlier.isBefore(at)).or(() -> Optional.of(at));
    }

    /** Full jitter, so that those who failed together don't come back together. */
    private Duration backoff(int retries, ProviderFailure failure) {
        Duration most = FIRST_PAUSE.multipliedBy(1L << Math.min(retries, 10));
        most = most.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : most;
        Duration jittered =
                Duration.ofNanos(ThreadLocalRandom.current().nextLong(most.toNanos()) + 1);
        Duration asked =
                failure.retryAfter()
                        .filter(d -> d.compareTo(LONGEST_PAUSE) <= 0)
                        .orElse(Duration.ZERO);
        Duration least = asked.compareTo(settings.leastPause()) > 0 ? asked : settings.leastPause();
        return jittered.compareTo(least) > 0 ? jittered : least;
    }

    private void waitForTheFirst() throws RoutingException {
        if (due.isEmpty()) {
            throw new RoutingException(failure(Optional.empty()));
        }
        Duration wait = Duration.between(clock.instant(), due.get());
        Optional<Duration> left = cancellation.remaining();
        if (left.isPresent() && wait.compareTo(left.get()) >= 0) {
            throw new RoutingException(failure(Optional.of(wait)));
        }
        // In slices: somebody may restore a key, or add one, before the time.
        Duration slice = wait.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : wait;
        pause.sleep(slice.isPositive() ? slice : Duration.ofMillis(1), cancellation);
    }

    private RoutingFailure failure(Optional<Duration> retryAfter) {
        List<Attempt> all = List.copyOf(attempts);
        if (last != null) {
            return new RoutingFailure.Exhausted(last, retryAfter.or(last::retryAfter), all);
        }
        return retryAfter.isPresent()
                ? new RoutingFailure.CoolingDown(retryAfter.get(), all)
                : new RoutingFailure.NoKey(remedies(), all);
    }

    private String remedies() {
        return String.join(
                "; or ",
                route.chain().stream()
                        .flatMap(p -> p.pool().stream())
                        .map(KeyPool::remedy)
                        .distinct()
                        .toList());
    }

    private CallContext context(Profile profile, Hold hold) {
        Duration left = cancellation.remaining().orElse(profile.limits().total());
        if (left.isZero()) {
            throw new CallCancelledException(Cancellation.Reason.DEADLINE);
        }
        Duration total =
                left.compareTo(profile.limits().total()) < 0 ? left : profile.limits().total();
        Duration first =
                profile.limits().firstToken().compareTo(total) < 0
                        ? profile.limits().firstToken()
                        : total;
        return new CallContext(
                hold.key(), cancellation, new Timeouts(profile.limits().connect(), first, total));
    }
}
