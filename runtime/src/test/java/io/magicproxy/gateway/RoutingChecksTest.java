package io.magicproxy.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.config.Environment;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of strategies, weights, tags and the cache's rules. */
class RoutingChecksTest {
    private static final ProviderCatalog CATALOG = ProviderCatalog.standard(InstantSource.system());
    private static final String PROFILES =
            """
            model_list:
              - {model_name: one, provider: simulator, model_params: {model: chat}}
              - {model_name: two, provider: simulator, model_params: {model: chat}, weight: 5}
              - {model_name: vec, provider: simulator, model_params: {model: e}, model_info: {mode: embedding}}
            """;

    @Test
    void a_strategy_is_a_known_one_of_a_known_alias() {
        assertThat(
                        problems(
                                PROFILES
                                        + """
                                        router_settings:
                                          model_group_alias: {main: [one, two], canary: [one, two]}
                                          routing_strategy:
                                            main: least-busy
                                            canari: weighted
                                            one: cost
                                            canary: weighted
                                        """))
                .containsExactly(
                        "f.yaml:8:11 router_settings.routing_strategy.main: must be one of ordered, weighted,"
                                + " least_busy, latency, cost, not \"least-busy\"; did you mean \"least_busy\"?",
                        "f.yaml:9:5 router_settings.routing_strategy.canari: no alias in model_group_alias has this"
                                + " name; did you mean \"canary\"?",
                        "f.yaml:10:5 router_settings.routing_strategy.one: is a profile, which has no order; name an"
                                + " alias");
    }

    @Test
    void a_weight_that_nobody_asks_for_is_noted() {
        String note =
                "f.yaml:3:81 model_list[1].weight: has no effect: no alias that chains this profile has the strategy"
                        + " `weighted`";
        String aliases =
                "router_settings:\n  model_group_alias: {main: [one, two], other: one}\n  routing_strategy: ";

        assertThat(problems(PROFILES)).containsExactly(note);
        assertThat(problems(PROFILES + aliases + "{other: weighted}")).containsExactly(note);
        assertThat(problems(PROFILES + aliases + "{main: weighted}")).isEmpty();
        assertThat(problems(PROFILES.replace("weight: 5", "weight: -1")))
                .singleElement()
                .asString()
                .endsWith("weight: must be at least 0");
    }

    @Test
    void a_tag_is_fit_for_a_header_and_stands_beside_the_parameters() {
        assertThat(
                        problems(
                                """
                                model_list:
                                  - model_name: one
                                    provider: simulator
                                    model_params: {model: chat, tags: [eu]}
                                    tags: [eu, "a,b", ü]
                                """))
                .containsExactly(
                        "f.yaml:4:33 model_list[0].model_params.tags: belongs to the profile itself: write it beside"
                                + " model_params, not in it",
                        "f.yaml:5:16 model_list[0].tags[1]: may hold up to 64 letters, digits and _ . : / = -: it is"
                                + " asked for in a header",
                        "f.yaml:5:23 model_list[0].tags[2]: may hold up to 64 letters, digits and _ . : / = -: it is"
                                + " asked for in a header");
    }

    @Test
    void a_rule_of_the_cache_names_profiles_once_and_what_was_asked() {
        String profiles = PROFILES.replace(", weight: 5", "");
        String aliases = "router_settings: {model_group_alias: {main: [one]}}\n";

        assertThat(
                        problems(
                                profiles
                                        + aliases
                                        + """
                                        cache_settings:
                                          enabled: true
                                          rules:
                                            - {model_names: [one, main, tow]}
                                            - {model_names: [one, two], include_in_key: [mesages, temprature]}
                                            - {model_names: vec, include_in_key: input}
                                            - {include_in_key: [messages]}
                                        """))
                .containsExactly(
                        "f.yaml:9:27 cache_settings.rules[0].model_names[1]: no profile \"main\" in model_list; it is"
                                + " an alias, and a rule names profiles",
                        "f.yaml:9:33 cache_settings.rules[0].model_names[2]: no profile \"tow\" in model_list; did you"
                                + " mean \"two\"?",
                        "f.yaml:10:22 cache_settings.rules[1].model_names[0]: an earlier rule names this profile"
                                + " already; remove one",
                        "f.yaml:10:49 cache_settings.rules[1].include_in_key: must name \"messages\": without it, every"
                                + " question has the first one's answer",
                        "f.yaml:10:50 cache_settings.rules[1].include_in_key[0]: is no field that OpenAI knows; did you"
                                + " mean \"messages\"?",
                        "f.yaml:10:59 cache_settings.rules[1].include_in_key[1]: is no field that OpenAI knows; did you"
                                + " mean \"temperature\"?",
                        "f.yaml:12:7 cache_settings.rules[3]: needs \"model_names\": the profiles that the rule holds"
                                + " for");
        assertThat(problems(profiles + "cache_settings: {enabled: true}\n"))
                .containsExactly(
                        "f.yaml:5:17 cache_settings: has no rules, so that nothing is remembered");
    }

    private static List<String> problems(String yaml) {
        return Gateway.check(
                        yaml.getBytes(StandardCharsets.UTF_8), Environment.of(Map.of()), CATALOG)
                .problems()
                .stream()
                .map(p -> p.format("f.yaml"))
                .toList();
    }
}
