package io.magicproxy.provider.simulator;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What happens to one call.
 *
 * @param cutAfterTokens the answer breaks off there
 */
record Conduct(
        Optional<Failure> failure,
        Optional<Duration> retryAfter,
        Duration firstTokenDelay,
        int tokensPerSecond,
        Optional<Integer> cutAfterTokens) {
    private static final int PACE = 60;

    /** Of several faults that strike, the first one that says something counts. */
    static Conduct of(List<Fault> faults) {
        Optional<Fault> failing = faults.stream().filter(f -> f.failure().isPresent()).findFirst();
        return new Conduct(
                failing.flatMap(Fault::failure).flatMap(Failure::named),
                failing.flatMap(Fault::retryAfter),
                first(faults, Fault::firstTokenDelay).orElse(Duration.ZERO),
                first(faults, Fault::tokensPerSecond).orElse(PACE),
                first(faults, Fault::cutAfterTokens));
    }

    private static <T> Optional<T> first(List<Fault> faults, Function<Fault, Optional<T>> effect) {
        return faults.stream().flatMap(f -> effect.apply(f).stream()).findFirst();
    }

    /** How long so many tokens take. */
    Duration pace(long tokens) {
        return Duration.ofNanos(tokens * 1_000_000_000L / tokensPerSecond);
    }
}
