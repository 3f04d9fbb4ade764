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
        @Rest("Anything else, such as `supports_vision`; shown by `GET /v1/models`.")
                ObjectNode more) {

    /** What a model does. */
    public enum Mode {
        CHAT,
        EMBEDDING
    }
}
