package io.magicproxy.routing;

import java.math.BigDecimal;
import java.util.Optional;

/** What tokens of each kind cost, in US dollars each. */
public record TokenPrices(
        BigDecimal input,
        Optional<BigDecimal> output,
        Optional<BigDecimal> cacheRead,
        Optional<BigDecimal> cacheWrite,
        Optional<BigDecimal> cacheWriteHour) {

    TokenPrices with(ModelInfo.LongContext tier) {
        return new TokenPrices(
                tier.inputCostPerToken().orElse(input),
                tier.outputCostPerToken().or(() -> output),
                tier.cacheReadInputTokenCost().or(() -> cacheRead),
                tier.cacheCreationInputTokenCost().or(() -> cacheWrite),
                tier.cacheCreationHourInputTokenCost().or(() -> cacheWriteHour));
    }
}
