package io.magicproxy.quota;

import io.magicproxy.config.Option;
import io.magicproxy.config.SecretRef;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code security_settings.virtual_keys[]}: keys that the file hands out. */
public record VirtualKeyConfig(
        @Option(value = "Its name; with it its use is written down.", example = "nightly-report")
                String name,
        @Option(
                        value = "The secret, at least 16 characters.",
                        example = "os.environ/NIGHTLY_REPORT_KEY")
                Optional<SecretRef> key,
        @Option(value = "The team whose limits it shares.", example = "research")
                Optional<String> team,
        @Option(
                        value =
                                "The aliases and profiles that it may ask, `*` standing for any part of a name; none: all.",
                        example = "[main-gpt, \"claude-*\"]")
                List<String> aliases,
        @Option(
                        value = "When it ends: a date, or a time such as `2027-01-31T12:00:00Z`.",
                        example = "2027-01-31")
                Optional<String> expires,
        @Option(value = "Requests in any minute.", example = "60", min = 1)
                Optional<Integer> requestsPerMinute,
        @Option(value = "Tokens in any minute.", example = "100000", min = 1)
                Optional<Integer> tokensPerMinute,
        @Option(value = "Calls of models under way together.", example = "5", min = 1)
                Optional<Integer> maxConcurrent,
        @Option(value = "US dollars in a day of UTC.", example = "10", min = 0)
                Optional<BigDecimal> budgetPerDay,
        @Option(value = "US dollars in a month of UTC.", example = "200", min = 0)
                Optional<BigDecimal> budgetPerMonth,
        @Option(value = "Notes of your own.", example = "{owner: ada}")
                Map<String, String> metadata) {
    /** Of keys in the file: they keep it as long as they keep their name. */
    static final String ID_PREFIX = "cfg_";

    public String id() {
        return ID_PREFIX + name;
    }

    /** Empty if it isn't one. */
    public static Optional<Instant> time(String text) {
        return Expiry.point(text);
    }

    /** Absent while its secret is. */
    Optional<VirtualKey> virtualKey() {
        return key.flatMap(SecretRef::value)
                .map(secret ->
                        new VirtualKey(
                                id(),
                                new Terms(
                                        name,
                                        team,
                                        aliases,
                                        expires.flatMap(Expiry::point),
                                        new Limits(
                                                requestsPerMinute,
                                                tokensPerMinute,
                                                maxConcurrent,
                                                budgetPerDay,
                                                budgetPerMonth),
                                        metadata),
                                Secrets.known(secret),
                                new VirtualKey.Life(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()),
                                1,
                                Origin.CONFIGURATION));
    }
}
