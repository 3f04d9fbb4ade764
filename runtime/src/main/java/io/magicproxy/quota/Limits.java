package io.magicproxy.quota;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * How much may be used; what is absent isn't limited.
 *
 * @param concurrent calls under way together
 * @param budgetPerDay in US dollars; days and months are those of UTC
 */
public record Limits(
        Optional<Integer> requestsPerMinute,
        Optional<Integer> tokensPerMinute,
        Optional<Integer> concurrent,
        Optional<BigDecimal> budgetPerDay,
        Optional<BigDecimal> budgetPerMonth) {
    public static Limits none() {
        return new Limits(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
