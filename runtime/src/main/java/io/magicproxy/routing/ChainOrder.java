package io.magicproxy.routing;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** Puts a chain into the order in which one request tries it. Asked anew for each request. */
@FunctionalInterface
public interface ChainOrder {
    /** The same profiles, perhaps in another order. */
    List<Profile> of(List<Profile> chain);

    /** As the configuration names them. */
    static ChainOrder written() {
        return chain -> chain;
    }

    /**
     * At random: a profile of weight 95 comes before one of weight 5 in 95 of 100 requests. Those
     * of weight 0 come last, as they are written.
     *
     * @param random asked for by each request, on its own thread
     */
    static ChainOrder weighted(Supplier<RandomGenerator> random) {
        // The least of exponential variables with these rates is each one with the chance of its
        // weight, and the next is so among the rest: a draw without replacement, in one sort.
        return chain -> {
            RandomGenerator source = random.get();
            return sorted(
                    chain,
                    profile ->
                            profile.traits().weight() == 0
                                    ? Double.POSITIVE_INFINITY
                                    : -Math.log(1 - source.nextDouble())
                                            / profile.traits().weight());
        };
    }

    /** Those with the fewest calls under way first; among equals as they are written. */
    static ChainOrder leastBusy() {
        return chain -> sorted(chain, profile -> profile.traits().load().underWay());
    }

    /**
     * Those with the shortest time to the first output first. One that is not known, or not of
     * late, comes first for a single request now and then, so that it becomes known.
     *
     * @param nanos the time, by the clock of {@link ProfileLoad}
     */
    static ChainOrder latency(LongSupplier nanos) {
        return chain -> {
            long now = nanos.getAsLong();
            Optional<Profile> tried =
                    chain.stream().filter(p -> p.traits().load().takesTrial(now)).findFirst();
            return sorted(
                    chain,
                    profile ->
                            tried.isPresent() && tried.get().name().equals(profile.name())
                                    ? -1
                                    : profile.traits().load().averageNanos());
        };
    }

    /**
     * By the prices of a token read and of one written, added up; those whose prices are not known
     * come last, as they are written.
     */
    static ChainOrder cost() {
        return chain -> sorted(chain, profile -> price(profile.info()));
    }

    private static double price(ModelInfo info) {
        Optional<BigDecimal> written =
                info.mode() == ModelInfo.Mode.EMBEDDING
                        ? Optional.of(info.outputCostPerToken().orElse(BigDecimal.ZERO))
                        : info.outputCostPerToken();
        return info.inputCostPerToken().isPresent() && written.isPresent()
                ? info.inputCostPerToken().get().add(written.get()).doubleValue()
                : Double.POSITIVE_INFINITY;
    }

    /** By a figure that is taken once for each: it may change while the list is sorted. */
    private static List<Profile> sorted(List<Profile> chain, ToDoubleFunction<Profile> figure) {
        if (chain.size() < 2) {
            return chain;
        }
        record Ranked(Profile profile, double figure) {}
        List<Ranked> ranked = new ArrayList<>(chain.size());
        chain.forEach(profile -> ranked.add(new Ranked(profile, figure.applyAsDouble(profile))));
        ranked.sort(Comparator.comparingDouble(Ranked::figure));
        return ranked.stream().map(Ranked::profile).toList();
    }
}
