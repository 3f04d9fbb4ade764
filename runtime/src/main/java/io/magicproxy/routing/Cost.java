package io.magicproxy.routing;

import io.magicproxy.chat.Usage;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * What a call cost by the prices of its profile. What a provider says of its own cost is not asked.
 */
public final class Cost {
    private Cost() {}

    /**
     * In US dollars; empty if the prices are not known. A kind of token that has no price of its
     * own costs what other tokens cost that are read or written.
     */
    public static Optional<BigDecimal> of(ModelInfo info, Usage usage) {
        return info.prices(usage.prompt())
                .filter(prices -> prices.output().isPresent() || usage.completion() == 0)
                .map(prices -> of(prices, usage));
    }

    private static BigDecimal of(TokenPrices prices, Usage usage) {
        BigDecimal write = prices.cacheWrite().orElse(prices.input());
        long plain = Math.max(0, usage.prompt() - usage.cacheRead() - usage.cacheWrite());
        long minutes = Math.max(0, usage.cacheWrite() - usage.cacheWriteHour());
        return times(prices.input(), plain)
                .add(times(prices.cacheRead().orElse(prices.input()), usage.cacheRead()))
                .add(times(write, minutes))
                .add(times(prices.cacheWriteHour().orElse(write), usage.cacheWriteHour()))
                .add(times(prices.output().orElse(BigDecimal.ZERO), usage.completion()));
    }

    private static BigDecimal times(BigDecimal price, long tokens) {
        return tokens == 0 ? BigDecimal.ZERO : price.multiply(BigDecimal.valueOf(tokens));
    }
}
