package io.magicproxy.provider.simulator;

import io.magicproxy.config.Option;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Something that goes wrong on purpose, at some calls or at each. */
public record Fault(
        @Option(
                        value =
                                "How the call fails: `401`, `402`, `429`, `500`, `502`, `503`, `504`, `529`,"
                                        + " `context_window`, `content_policy`, `reset` (the connection breaks before the answer)"
                                        + " or `hang` (no answer until the time-out).",
                        example = "429")
                Optional<String> failure,
        @Option(value = "The failure's `Retry-After`.", example = "5s", min = 0)
                Optional<Duration> retryAfter,
        @Option(value = "How long the first token takes.", example = "800ms", min = 0)
                Optional<Duration> firstTokenDelay,
        @Option(value = "How fast tokens come; 60 without it.", example = "20", min = 1)
                Optional<Integer> tokensPerSecond,
        @Option(value = "The answer breaks off after so many tokens.", example = "4", min = 0)
                Optional<Integer> cutAfterTokens,
        @Option(value = "Only at each so many-th call.", example = "3", min = 1)
                Optional<Integer> every,
        @Option(
                        value = "Only at this share of the calls, from 0 to 1, drawn by `seed`.",
                        example = "0.1")
                Optional<BigDecimal> probability,
        @Option(value = "Another seed strikes other calls; 0 without it.", example = "7")
                Optional<Integer> seed) {

    /** What it does, as opposed to when. */
    static final List<String> EFFECTS =
            List.of("failure", "first_token_delay", "tokens_per_second", "cut_after_tokens");

    /** Whether it strikes that call, counted from 1: always the same ones. */
    boolean strikes(long call) {
        boolean drawn =
                probability
                        .map(p ->
                                new SplittableRandom(seed.orElse(0) * 1_000_003L + call)
                                                .nextDouble()
                                        < p.doubleValue())
                        .orElse(true);
        return drawn && call % every.orElse(1) == 0;
    }
}
