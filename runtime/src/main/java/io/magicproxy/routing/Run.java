package io.magicproxy.routing;

import io.magicproxy.cache.CacheUse;
import io.magicproxy.cache.Passage;
import io.magicproxy.cache.ProfileCache;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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

    private final Failover.Job<T> job;
    private final Route route;
    private final Cancellation cancellation;
    private final Failover.Settings settings;
    private final InstantSource clock;
    private final Pause pause;
    private final RoutingListener listener;

    private final List<Attempt> attempts = new ArrayList<>();
    private final Set<String> passedOver = new HashSet<>();
    private final Set<String> givenUp = new HashSet<>();
    private final Map<String, Set<String>> triedKeys = new HashMap<>();
    private List<Profile> chain;
    private @Nullable ProviderFailure last;
    private Optional<Instant> due = Optional.empty();

    Run(
            Failover.Job<T> job,
            Failover.Settings settings,
            InstantSource clock,
            Pause pause,
            RoutingListener listener) {
        this.job = job;
        this.route = job.route();
        this.chain = job.route().ordered();
        this.cancellation = job.cancellation();
        this.settings = settings;
        this.clock = clock;
        this.pause = pause;
        this.listener = listener;
    }

    /** How one profile fared. */
    private sealed interface Outcome<T> {
        record Answered<T>(T value, Profile profile, CacheUse use) implements Outcome<T> {}

        /** On to the next one. */
        record Passed<T>() implements Outcome<T> {}

        /** Only another kind of model can help. */
        record Misfit<T>(ProviderFailure failure, boolean tooLong) implements Outcome<T> {}
    }

    Routed<T> result() throws RoutingException {
        while (true) {
            due = Optional.empty();
            Optional<Routed<T>> answer = along();
            if (answer.isPresent()) {
                return answer.get();
            }
            forgetRestingKeys();
            waitForTheFirst();
        }
    }

    private Optional<Routed<T>> along() throws RoutingException {
        Iterator<Profile> left = chain.iterator();
        while (left.hasNext()) {
            Profile profile = left.next();
            // While it waits for one profile, it doesn't ask again those that failed it.
            if (givenUp.contains(profile.name())) {
                continue;
            }
            switch (profile(profile)) {
                case Outcome.Answered<T>(T value, Profile by, CacheUse use) -> {
                    passedOver.remove(by.name());
                    return Optional.of(
                            new Routed<>(value, by, List.copyOf(attempts), passedOver.size(), use));
                }
                case Outcome.Passed<T> _ -> passedOver.add(profile.name());
                case Outcome.Misfit<T>(ProviderFailure failure, boolean tooLong) -> {
                    passedOver.add(profile.name());
                    givenUp.add(profile.name());
                    chain = fallback(failure, tooLong ? route.ifTooLong() : route.ifRefused());
                    // From now on, only these are asked, and only their times are waited for.
                    due = Optional.empty();
                    left = chain.iterator();
                }
            }
        }
        return Optional.empty();
    }

    private List<Profile> fallback(ProviderFailure failure, List<Profile> others)
            throws RoutingException {
        List<Profile> left = others.stream().filter(p -> !givenUp.contains(p.name())).toList();
        if (left.isEmpty()) {
            throw new RoutingException(new RoutingFailure.Refused(failure, List.copyOf(attempts)));
        }
        return left;
    }

    /** A key that rests now may be tried again in another round: after its rest, or restored. */
    private void forgetRestingKeys() {
        for (Profile profile : chain) {
            Set<String> tried = triedKeys.get(profile.name());
            if (tried != null) {
                profile.pool().ifPresent(pool -> tried.removeIf(pool::resting));
            }
        }
    }

    private Outcome<T> profile(Profile profile) throws RoutingException {
        Optional<ProfileCache> cache = profile.traits().cache();
        return cache.isEmpty() ? ask(profile) : known(profile, cache.get());
    }

    /** A known answer needs no key, and no profile that works. */
    private Outcome<T> known(Profile profile, ProfileCache cache) throws RoutingException {
        return switch (cache.enter(job.known())) {
            case Passage.Known<T>(T answer) -> {
                listener.cacheUsed(profile.name(), CacheUse.HIT);
                yield new Outcome.Answered<>(answer, profile, CacheUse.HIT);
            }
            case Passage.Ask<T> passage -> heard(profile, passage);
        };
    }

    /** Others may wait for it: whatever happens, they are told. */
    private Outcome<T> heard(Profile profile, Passage.Ask<T> passage) throws RoutingException {
        Outcome<T> outcome;
        try {
            outcome = ask(profile);
        } catch (CallCancelledException e) {
            passage.left();
            throw e;
        } catch (RoutingException | RuntimeException | Error e) {
            passage.failed();
            throw e;
        }
        if (outcome instanceof Outcome.Answered<T>(T value, Profile by, var _)) {
            listener.cacheUsed(by.name(), passage.use());
            return new Outcome.Answered<>(passage.answered(value), by, passage.use());
        }
        passage.failed();
        return outcome;
    }

    private Outcome<T> ask(Profile profile) throws RoutingException {
        Set<String> tried = triedKeys.computeIfAbsent(profile.name(), _ -> new HashSet<>());
        for (int retries = 0; ; ) {
            Optional<Hold> hold = hold(profile, tried);
            if (hold.isEmpty()) {
                listener.passedOver(profile.name());
                return new Outcome.Passed<>();
            }
            boolean lastTry = retries >= settings.retries() || hold.get().probe();
            Attempted<T> attempted = attempt(profile, hold.get(), lastTry);
            if (attempted.failure.isEmpty()) {
                return new Outcome.Answered<>(attempted.value(), profile, CacheUse.NONE);
            }
            ProviderFailure failure = attempted.failure.get();
            last = failure;
            switch (NextStep.after(failure)) {
                case NextStep.NextKey _ -> {
                    if (hold.get().key().isEmpty()) {
                        return giveUp(profile);
                    }
                    tried.add(hold.get().key().get().fingerprint());
                }
                case NextStep.SameProfile _ -> {
                    if (lastTry) {
                        return giveUp(profile);
                    }
                    pause.sleep(backoff(retries++, failure), cancellation);
                }
                case NextStep.NextProfile _ -> {
                    return giveUp(profile);
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

    private Outcome<T> giveUp(Profile profile) {
        givenUp.add(profile.name());
        return new Outcome.Passed<>();
    }

    private record Attempted<T>(@Nullable T result, Optional<ProviderFailure> failure) {
        T value() {
            return Objects.requireNonNull(result);
        }
    }

    private Attempted<T> attempt(Profile profile, Hold hold, boolean lastTry) {
        long start = System.nanoTime();
        try {
            CallContext context = context(profile, hold);
            hold.watchedBy(
                    listener.calling(route.name(), profile, context.key(), attempts.size() + 1));
            T value = job.call().on(profile, context.with(hold.watch().headers()), hold);
            record(profile, hold, Optional.empty(), start);
            return new Attempted<>(value, Optional.empty());
        } catch (ProviderException e) {
            hold.failed(e.failure(), lastTry);
            hold.close();
            record(profile, hold, Optional.of(e.failure()), start);
            return new Attempted<>(null, Optional.of(e.failure()));
        } catch (RuntimeException | Error e) {
            hold.watch().givenUp();
            hold.close();
            throw e;
        }
    }

    private void record(Profile profile, Hold hold, Optional<ProviderFailure> failure, long start) {
        long now = System.nanoTime();
        if (failure.isEmpty()) {
            profile.traits().load().answered(now - start, now);
        } else if (failure.get().failureClass().isUpstreams()) {
            profile.traits().load().failed(now - start, now);
        }
        Attempt attempt =
                new Attempt(
                        profile.name(),
                        profile.provider(),
                        hold.key().map(Object::toString),
                        failure,
                        Duration.ofNanos(now - start));
        attempts.add(attempt);
        listener.attemptFinished(attempt);
    }

    /**
     * All that a call of this profile needs; empty if something is missing now, with the time noted
     * if it will be there.
     */
    private Optional<Hold> hold(Profile profile, Set<String> tried) {
        if (profile.slots().isPresent() && !profile.slots().get().tryAcquire()) {
            comeBack(clock.instant().plusMillis(50));
            return Optional.empty();
        }
        return switch (profile.breaker().ask()) {
            case Breaker.Leave.Refused(Instant until) -> {
                comeBack(until);
                profile.slots().ifPresent(Semaphore::release);
                yield Optional.empty();
            }
            case Breaker.Leave.Granted leave -> {
                Optional<Hold> hold = withKey(profile, leave, tried);
                if (hold.isEmpty()) {
                    profile.breaker().undecided(leave);
                    profile.slots().ifPresent(Semaphore::release);
                }
                yield hold;
            }
        };
    }

    private Optional<Hold> withKey(
            Profile profile, Breaker.Leave.Granted leave, Set<String> tried) {
        if (profile.pool().isEmpty()) {
            return Optional.of(new Hold(profile, leave, Optional.empty()));
        }
        return switch (profile.pool().get().lease(tried)) {
            case KeyPool.Leased.Key(KeyLease lease) ->
                    Optional.of(new Hold(profile, leave, Optional.of(lease)));
            case KeyPool.Leased.Later(Instant at) -> {
                comeBack(at);
                yield Optional.empty();
            }
            case KeyPool.Leased.Never _ ->
                    // Without a key only where none is needed, and none was refused.
                    profile.keyRequired() || !tried.isEmpty()
                            ? Optional.empty()
                            : Optional.of(new Hold(profile, leave, Optional.empty()));
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
        Optional<Cancellation.Reason> givenUpBy = cancellation.reason();
        if (givenUpBy.isPresent()) {
            throw new CallCancelledException(givenUpBy.get());
        }
        Duration left = cancellation.remaining().orElse(profile.limits().total());
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
