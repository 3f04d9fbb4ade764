package io.magicproxy.quota;

import io.magicproxy.config.Option;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** {@code security_settings.teams[]}: keys that share limits. */
public record TeamConfig(
        @Option(value = "Its name, by which keys refer to it.", example = "research") String name,
        @Option(value = "Requests in any minute.", example = "600", min = 1)
                Optional<Integer> requestsPerMinute,
        @Option(value = "Tokens in any minute.", example = "1000000", min = 1)
                Optional<Integer> tokensPerMinute,
        @Option(value = "Calls of models under way together.", example = "50", min = 1)
                Optional<Integer> maxConcurrent,
        @Option(value = "US dollars in a day of UTC.", example = "100", min = 0)
                Optional<BigDecimal> budgetPerDay,
        @Option(value = "US dollars in a month of UTC.", example = "2000", min = 0)
                Optional<BigDecimal> budgetPerMonth,
        @Option(value = "Notes of your own.", example = "{cost_centre: \"4711\"}")
                Map<String, String> metadata) {
    Team team() {
        return new Team(
                name,
                new Limits(
                        requestsPerMinute,
                        tokensPerMinute,
                        maxConcurrent,
                        budgetPerDay,
                        budgetPerMonth),
                metadata,
                Optional.empty(),
                1,
                Origin.CONFIGURATION);
    }
}
