package io.magicproxy.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is left of a configuration's text for those who may not see its secrets. */
class ConfigSecretsTest {
    @Test
    void secrets_go_and_everything_else_stays_as_it_is() {
        String text =
                """
                # The house's gateway.
                definitions:
                  shared: &shared sk-anchored-0123456
                model_list:
                  - model_name: a   # the first
                    provider: openai
                    key_pool: house
                    model_params: {model: m, api_key: "sk-in-quotes-01234", max_tokens: 100}
                    model_info: {input_cost_per_token: 0.000001}
                  - {model_name: b, provider: openai, model_params: {model: m, api_key: *shared}}
                  - model_name: c
                    model_params:
                      api_key: >-
                        sk-on-a-line-of-its-own
                # api_key: sk-taken-out-0123
                mcp_settings:
                  servers:
                    - {name: s, url: 'http://s/mcp', headers: {X-Any: what-is-in-a-header}}
                    - {name: p, command: c, env: {PIN: 4711, HOME: os.environ/HOME}}
                cache_settings: {key_prefix: mp}
                security_settings:
                  master_key: os.environ/MAGIC_PROXY_MASTER_KEY
                """;

        assertThat(ConfigSecrets.masked(text))
                .contains(
                        """
                        # The house's gateway.
                        definitions:
                          shared: ***
                        model_list:
                          - model_name: a   # the first
                            provider: openai
                            key_pool: house
                            model_params: {model: m, api_key: ***, max_tokens: 100}
                            model_info: {input_cost_per_token: 0.000001}
                          - {model_name: b, provider: openai, model_params: {model: m, api_key: *shared}}
                          - model_name: c
                            model_params:
                              api_key: ***
                                ***
                        # api_key: ***
                        mcp_settings:
                          servers:
                            - {name: s, url: 'http://s/mcp', headers: {X-Any: ***}}
                            - {name: p, command: c, env: {PIN: ***, HOME: os.environ/HOME}}
                        cache_settings: {key_prefix: mp}
                        security_settings:
                          master_key: os.environ/MAGIC_PROXY_MASTER_KEY
                        """);
    }

    @Test
    void one_that_goes_over_several_lines_goes_as_a_whole() {
        String text =
                "security_settings:\n  master_key: mk-0123\n    and-more-of-it\n  max_body: 1MiB\n";

        assertThat(ConfigSecrets.masked(text))
                .contains("security_settings:\n  master_key: ***\n    ***\n  max_body: 1MiB\n");
    }

    @Test
    void of_a_text_that_is_no_yaml_nothing_may_be_shown() {
        assertThat(ConfigSecrets.masked("api_key: [sk-0123\n")).isEmpty();
        assertThat(ConfigSecrets.masked("- a\n- b\n")).isEmpty();
    }

    @Test
    void a_reference_is_no_secret() {
        String text = "model_list:\n  - {api_key: \"${A:none}\"}\n  - api_key: ${B}\n";
        assertThat(ConfigSecrets.masked(text)).contains(text);
    }
}
