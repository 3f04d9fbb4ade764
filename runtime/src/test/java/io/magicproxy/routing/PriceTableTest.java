package io.magicproxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.chat.Usage;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The vendors' list prices, and what a call costs by them. */
class PriceTableTest {
    private static final PriceTable TABLE = PriceTable.bundled();

    @Test
    void prices_are_of_a_day() {
        assertThat(LocalDate.parse(TABLE.asOf())).isAfter("2026-01-01");
    }

    @Test
    void a_model_without_prices_of_its_own_has_the_list_s() {
        Usage usage = new Usage(1_000_000, 100_000, 400_000, 0, 50_000);

        // 0.6 × 1.25 + 0.4 × 0.125 + 0.1 × 10; reasoning is among what was written.
        assertThat(cost("openai", "gpt-5.1", usage)).contains(new BigDecimal("1.80"));
        assertThat(cost("openai", "gpt-5.1-2025-11-13", usage)).contains(new BigDecimal("1.80"));
        assertThat(cost("openai", "gpt-unheard-of", usage)).isEmpty();
        assertThat(cost("local", "gpt-5.1", usage)).isEmpty();
    }

    @Test
    void what_a_cache_keeps_for_an_hour_costs_more() {
        Usage usage = new Usage(600_000, 10_000, 100_000, 400_000, 300_000, 0, false);

        // 0.1 × 3 + 0.1 × 0.3 + 0.1 × 3.75 + 0.3 × 6 + 0.01 × 15
        assertThat(cost("anthropic", "claude-sonnet-4-5-20250929", usage))
                .contains(new BigDecimal("2.655"));
    }

    @Test
    void a_request_over_the_threshold_costs_more_as_a_whole() {
        assertThat(cost("google", "gemini-2.5-pro", new Usage(200_000, 1_000, 0, 0, 0)))
                .contains(new BigDecimal("0.26"));
        assertThat(cost("google", "gemini-2.5-pro", new Usage(200_001, 1_000, 0, 0, 0)))
                .contains(new BigDecimal("0.5150025"));
    }

    @Test
    void the_configuration_s_prices_come_first_and_as_a_whole() {
        ModelInfo own =
                new ModelInfo(
                        ModelInfo.Mode.CHAT,
                        Optional.empty(),
                        Optional.of(new BigDecimal("0.000001")),
                        Optional.of(new BigDecimal("0.000002")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Json.object());
        Usage usage = new Usage(1_000, 1_000, 500, 0, 0);

        assertThat(Cost.of(TABLE.complete(own, "openai", "gpt-5.1"), usage))
                .get()
                .satisfies(usd -> assertThat(usd).isEqualByComparingTo("0.003"));
    }

    private static Optional<BigDecimal> cost(String provider, String model, Usage usage) {
        ModelInfo unknown =
                new ModelInfo(
                        ModelInfo.Mode.CHAT,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Json.object());
        return Cost.of(TABLE.complete(unknown, provider, model), usage)
                .map(usd -> usd.setScale(Math.max(2, usd.stripTrailingZeros().scale())));
    }
}
