package io.magicproxy.chat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * How the answer is drawn; what is absent is the provider's default. Decimals keep the digits they
 * came with.
 */
public record Sampling(
        Optional<BigDecimal> temperature,
        Optional<BigDecimal> topP,
        Optional<Integer> maxTokens,
        List<String> stop,
        Optional<Integer> n,
        Optional<Long> seed,
        Optional<BigDecimal> presencePenalty,
        Optional<BigDecimal> frequencyPenalty,
        Optional<Boolean> logprobs,
        Optional<Integer> topLogprobs) {}
