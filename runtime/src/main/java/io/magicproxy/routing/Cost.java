package io.magicproxy.routing;

import io.magicproxy.chat.Usage;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * What a call cost by the prices of its profile. What a provider says of its own cost is not asked.
 */
public final class Cost {
    private Cost() {}

    /** In US dollars; empty if the prices are not known. */
    public static Optional<BigDecimal> of(ModelInfo prices, Usage usage) {
        if (prices.inputCostPerToken().isEmpty()
                || (prices.outputCostPerToken().isEmpty() && usage.completion() > 0)) {
            return Optional.empty();
        }
        BigDecimal in = prices.inputCostPerToken().get();
        BigDecimal cached = prices.cacheReadInputTokenCost().orElse(in);
        BigDecimal out = prices.outputCostPerToken().orElse(BigDecimal.ZERO);
        return Optional.of(
                in.multiply(BigDecimal.valueOf(usage.prompt() - usage.cacheRead()))
                        .add(cached.multiply(BigDecimal.valueOf(usage.cacheRead())))
                        .add(out.multiply(BigDecimal.valueOf(usage.completion()))));
    }
}
