package io.magicproxy.routing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.Option;
import io.magicproxy.config.Rest;
import java.math.BigDecimal;
import java.util.Optional;

/** What is known of a profile's model. */
public record ModelInfo(
        @Option(value = "What the model does: `chat` or `embedding`.", standard = "chat") Mode mode,
        @Option(value = "How many tokens it can read.", example = "128000", min = 1)
                Optional<Integer> maxInputTokens,
        @Option(value = "Price of a token read, in US dollars.", example = "0.00000125", min = 0)
                Optional<BigDecimal> inputCostPerToken,
        @Option(value = "Price of a token written, in US dollars.", example = "0.00001", min = 0)
                Optional<BigDecimal> outputCostPerToken,
        @Option(
                        value = "Price of a token read from the provider's cache, in US dollars.",
                        example = "0.000000125",
                        min = 0)
                Optional<BigDecimal> cacheReadInputTokenCost,
        @Option(
                        value = "Price of a token written to the provider's cache, in US dollars.",
                        example = "0.00000375",
                        min = 0)
                Optional<BigDecimal> cacheCreationInputTokenCost,
        @Option(value = "The same, if it is to be kept for an hour.", example = "0.000006", min = 0)
                Optional<BigDecimal> cacheCreationHourInputTokenCost,
        @Option("Other prices for long requests; without them, the same prices hold.")
                Optional<LongContext> longContext,
        @Rest("Anything else, such as `supports_vision`; shown by `GET /v1/models`.")
                ObjectNode more) {

    /** Prices of a whole call whose request is longer; one that is missing is the usual one. */
    public record LongContext(
            @Option(value = "For requests of more tokens than this.", example = "200000", min = 1)
                    int aboveTokens,
            @Option(value = "As above.", example = "0.0000025", min = 0)
                    Optional<BigDecimal> inputCostPerToken,
            @Option(value = "As above.", example = "0.000015", min = 0)
                    Optional<BigDecimal> outputCostPerToken,
            @Option(value = "As above.", example = "0.00000025", min = 0)
                    Optional<BigDecimal> cacheReadInputTokenCost,
            @Option(value = "As above.", example = "0.0000075", min = 0)
                    Optional<BigDecimal> cacheCreationInputTokenCost,
            @Option(value = "As above.", example = "0.000012", min = 0)
                    Optional<BigDecimal> cacheCreationHourInputTokenCost) {}

    /** Whether anything is known of its prices. */
    public boolean priced() {
        return inputCostPerToken.isPresent();
    }

    /** With prices that are known from elsewhere. */
    public ModelInfo pricedAs(TokenPrices prices, Optional<LongContext> forLong) {
        return new ModelInfo(
                mode,
                maxInputTokens,
                Optional.of(prices.input()),
                prices.output(),
                prices.cacheRead(),
                prices.cacheWrite(),
                prices.cacheWriteHour(),
                forLong,
                more);
    }

    /** The prices of a call; empty if they are not known. */
    public Optional<TokenPrices> prices(long promptTokens) {
        return inputCostPerToken.map(input ->
                longContext
                        .filter(tier -> promptTokens > tier.aboveTokens())
                        .map(tier -> usual(input).with(tier))
                        .orElseGet(() -> usual(input)));
    }

    private TokenPrices usual(BigDecimal input) {
        return new TokenPrices(
                input,
                outputCostPerToken,
                cacheReadInputTokenCost,
                cacheCreationInputTokenCost,
                cacheCreationHourInputTokenCost);
    }

    /** What a model does. */
    public enum Mode {
        CHAT,
        EMBEDDING
    }
}
