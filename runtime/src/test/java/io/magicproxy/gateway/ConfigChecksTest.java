package io.magicproxy.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.config.ConfigReader.Result;
import io.magicproxy.config.Environment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What must fit between the sections, and between a profile and its provider. */
class ConfigChecksTest {
    private static final ProviderCatalog CATALOG = ProviderCatalog.standard(InstantSource.system());

    @Test
    void the_bundled_file_is_fine_without_any_variable() throws Exception {
        Path root = Path.of(System.getProperty("project.root"));

        Result<GatewayConfig> result =
                Gateway.check(
                        Files.readAllBytes(root.resolve("proxy_config.yaml")),
                        Environment.of(Map.of()),
                        CATALOG);

        assertThat(result.problems()).isEmpty();
    }

    @Test
    void a_section_left_out_is_asked_for_what_it_needs() {
        assertThat(problems("model_list: [{model_name: a, provider: simulator}]\n"))
                .singleElement()
                .asString()
                .startsWith("f.yaml:1:14 model_list[0].model_params: needs \"model\": ");
    }

    @Test
    void the_simulator_s_faults_are_checked_with_their_places() {
        assertThat(
                        problems(
                                """
                                model_list:
                                  - model_name: a
                                    provider: simulator
                                    model_params:
                                      model: chat
                                      faults:
                                        - {failure: 492, every: 0}
                                        - {first_token_dely: 2s}
                                  - model_name: b
                                    provider: simulator
                                    model_params: {model: chat, faults: {failure: 429, retry_after: 5}}
                                """))
                .containsExactly(
                        "f.yaml:7:21 model_list[0].model_params.faults[0].failure: no failure \"492\"; there are 401, 402,"
                                + " 429, 500, 502, 503, 504, 529, context_window, content_policy, reset, hang;"
                                + " did you mean \"402\"?",
                        "f.yaml:7:33 model_list[0].model_params.faults[0].every: must be at least 1",
                        "f.yaml:8:11 model_list[0].model_params.faults[1]: does nothing; name one of failure,"
                                + " first_token_delay, tokens_per_second, cut_after_tokens",
                        "f.yaml:8:12 model_list[0].model_params.faults[1].first_token_dely: is not a known key;"
                                + " did you mean \"first_token_delay\"?");
    }

    @Test
    void a_collectors_address_and_the_sampling_are_checked() {
        String models =
                "model_list: [{model_name: a, provider: simulator, model_params: {model: chat}}]\n";
        for (String wrong :
                List.of(
                        "collector:4318",
                        "grpc://c:4317",
                        "\"http://u:p@c:4318\"",
                        "\"http:///x\"")) {
            assertThat(problems(models + "telemetry_settings: {otlp_endpoint: " + wrong + "}\n"))
                    .singleElement()
                    .asString()
                    .startsWith(
                            "f.yaml:2:37 telemetry_settings.otlp_endpoint: must be an http or https address")
                    .doesNotContain("u:p");
        }
        assertThat(problems(models + "telemetry_settings: {sampling: 10}\n"))
                .containsExactly("f.yaml:2:32 telemetry_settings.sampling: must be at most 1");
    }

    @Test
    void an_alias_is_not_chained() {
        assertThat(
                        problems(
                                """
                                model_list:
                                  - {model_name: a, provider: simulator, model_params: {model: chat}}
                                router_settings:
                                  model_group_alias: {main: [a], other: [main]}
                                """))
                .containsExactly(
                        "f.yaml:4:42 router_settings.model_group_alias.other[0]: no profile \"main\" in model_list;"
                                + " it is an alias, and only profiles are chained");
    }

    @Test
    void free_parts_that_may_hold_secrets_do_not_show() {
        String yaml =
                """
                definitions: {headers: &headers {authorization: sk-plain}}
                model_list:
                  - model_name: a
                    provider: simulator
                    model_params: {model: chat, extra_headers: *headers}
                """;

        Result<GatewayConfig> result =
                Gateway.check(
                        yaml.getBytes(StandardCharsets.UTF_8), Environment.of(Map.of()), CATALOG);

        assertThat(result).isInstanceOf(Result.Loaded.class);
        assertThat(result.toString()).contains("extra_headers").doesNotContain("sk-plain");
    }

    @Test
    void an_alias_names_existing_profiles() {
        assertThat(
                        problems(
                                """
                                model_list:
                                  - {model_name: azure_backup, provider: simulator, model_params: {model: chat}}
                                router_settings:
                                  model_group_alias:
                                    main-gpt: [azure_backup, azure_bakup]
                                    nobody: []
                                """))
                .containsExactly(
                        "f.yaml:5:30 router_settings.model_group_alias.main-gpt[1]: no profile \"azure_bakup\" in"
                                + " model_list; did you mean \"azure_backup\"?",
                        "f.yaml:6:13 router_settings.model_group_alias.nobody: the alias needs at least one profile");
    }

    @Test
    void fallbacks_are_for_known_names_and_go_to_known_profiles() {
        assertThat(
                        problems(
                                """
                                model_list:
                                  - {model_name: one, provider: simulator, model_params: {model: chat}}
                                router_settings:
                                  model_group_alias: {main: one}
                                  context_window_fallbacks: [{main: [one, two]}, {mian: one}]
                                  content_policy_fallbacks: {one: [], main: }
                                """))
                .containsExactly(
                        "f.yaml:5:43 router_settings.context_window_fallbacks[0].main[1]: no profile \"two\" in"
                                + " model_list",
                        "f.yaml:5:51 router_settings.context_window_fallbacks[1].mian: no alias or profile has this"
                                + " name; did you mean \"main\"?");
    }

    @Test
    void a_name_is_given_once() {
        assertThat(
                        problems(
                                """
                                model_list:
                                  - {model_name: one, provider: simulator, model_params: {model: chat}}
                                  - {model_name: one, provider: simulator, model_params: {model: chat}}
                                """))
                .containsExactly(
                        "f.yaml:3:18 model_list[1].model_name: \"one\" names two profiles; rename one, or chain them"
                                + " under an alias");
    }

    @Test
    void chat_and_embeddings_do_not_mix() {
        assertThat(
                        problems(
                                """
                                model_list:
                                  - {model_name: one, provider: simulator, model_params: {model: chat}}
                                  - {model_name: two, provider: simulator, model_params: {model: e}, model_info: {mode: embedding}}
                                router_settings:
                                  model_group_alias: {main: [one, two]}
                                """))
                .containsExactly(
                        "f.yaml:5:29 router_settings.model_group_alias.main: mixes chat and embedding models; give each"
                                + " kind an alias of its own");
    }

    @Test
    void an_alias_may_have_its_profile_s_name_and_hiding_one_is_noted() {
        String profiles =
                """
                model_list:
                  - {model_name: one, provider: simulator, model_params: {model: chat}}
                  - {model_name: two, provider: simulator, model_params: {model: chat}}
                router_settings:
                """;

        assertThat(problems(profiles + "  model_group_alias: {one: [one, two]}")).isEmpty();
        assertThat(check(profiles + "  model_group_alias: {one: [two]}"))
                .isInstanceOf(Result.Loaded.class);
        assertThat(problems(profiles + "  model_group_alias: {one: [two]}"))
                .containsExactly(
                        "f.yaml:5:28 router_settings.model_group_alias.one: hides the profile of the same name");
    }

    @Test
    void a_provider_is_a_known_one() {
        assertThat(problems(profile("provider: openia")))
                .singleElement()
                .asString()
                .startsWith(
                        "f.yaml:3:15 model_list[0].provider: no provider \"openia\"; there are openai, ")
                .endsWith("did you mean \"openai\"?");
    }

    @Test
    void azure_needs_an_address() {
        assertThat(problems(profile("provider: azure")))
                .containsExactly(
                        "f.yaml:2:5 model_list[0]: needs model_params.api_base: azure has no common address");
        assertThat(problems(profile("provider: azure", "https://a.openai.azure.com"))).isEmpty();
        assertThat(problems(profile("provider: azure", "${ABSENT}")))
                .singleElement()
                .asString()
                .contains("ABSENT is not set");
        assertThat(problems(profile("provider: azure", "${ABSENT:}")))
                .singleElement()
                .asString()
                .contains("needs model_params.api_base");
    }

    @Test
    void no_key_goes_to_a_host_that_is_not_the_provider_s_own() {
        assertThat(problems(profile("provider: openai", "https://api.openai.com/v1"))).isEmpty();
        assertThat(problems(profile("provider: openai", "https://API.OPENAI.COM/other"))).isEmpty();
        for (String foreign :
                List.of(
                        "https://api.openai.com.evil.example/v1",
                        "https://openai.example",
                        "http://127.0.0.1:8000/v1",
                        "https://api.openai.com.:443/v1")) {
            assertThat(problems(profile("provider: openai", foreign)))
                    .as(foreign)
                    .singleElement()
                    .asString()
                    .contains("is not openai's own host: name the key_pool or api_key for it");
            assertThat(problems(profile("provider: openai\n    key_pool: mine", foreign)))
                    .as(foreign)
                    .isEmpty();
        }
        assertThat(problems(profile("provider: local", "http://192.168.1.5:11434/v1"))).isEmpty();
    }

    @Test
    void an_address_is_http_with_a_host_and_nothing_more() {
        for (String wrong :
                List.of(
                        "ftp://h/v1",
                        "h/v1",
                        "https://",
                        "https:///v1",
                        "https://user:pass@h/v1",
                        "https://h/v1?api-version=1",
                        "https://h/v1#x",
                        "https://h:99999/v1",
                        "'https://h /v1'",
                        "file:///etc/passwd",
                        "'{host}'")) {
            assertThat(problems(profile("provider: local", wrong)))
                    .as(wrong)
                    .singleElement()
                    .asString()
                    .contains("must be an http or https address");
        }
    }

    @Test
    void no_address_is_link_local_or_a_metadata_service() {
        for (String host :
                List.of(
                        "169.254.169.254",
                        "169.254.0.1:8080",
                        "2852039166",
                        "[fe80::1%25eth0]",
                        "[fd00:0ec2:0:0::254]",
                        "[fe80::1]",
                        "[FEBF::1]",
                        "[::ffff:169.254.169.254]",
                        "[::ffff:a9fe:a9fe]",
                        "[fd00:ec2::254]",
                        "100.100.100.200",
                        "metadata.google.internal",
                        "METADATA.google.internal.")) {
            assertThat(problems(profile("provider: local", "'http://" + host + "/v1'")))
                    .as(host)
                    .singleElement()
                    .asString()
                    .contains("link-local or metadata address");
        }
        for (String host :
                List.of("127.0.0.1", "10.0.0.1", "[::1]", "[fd00::1]", "localhost", "vllm")) {
            assertThat(problems(profile("provider: local", "'http://" + host + "/v1'")))
                    .as(host)
                    .isEmpty();
        }
    }

    @Test
    void a_key_pool_is_the_name_of_a_file_and_no_path() {
        for (String wrong : List.of("../../etc/x", "a/b", "a.b", "'a b'")) {
            assertThat(problems(profile("provider: openai\n    key_pool: " + wrong)))
                    .as(wrong)
                    .singleElement()
                    .asString()
                    .startsWith("f.yaml:4:15 model_list[0].key_pool: may hold letters");
        }
        assertThat(problems(profile("provider: openai\n    key_pool: team-A_1"))).isEmpty();
    }

    @Test
    void a_master_key_that_is_asked_for_and_missing_leaves_no_door_open() {
        String yaml = "security_settings: {master_key: os.environ/ABSENT}";

        assertThat(check(yaml)).isInstanceOf(Result.Invalid.class);
        assertThat(problems(yaml))
                .anyMatch(p ->
                        p.contains(
                                "security_settings.master_key: set ABSENT, or remove master_key"));
    }

    @Test
    void a_secret_that_was_forgotten_does_not_silently_mean_none() {
        for (String nothing : List.of("", " null", " ~", " ''", " '  '")) {
            assertThat(problems("security_settings:\n  master_key:" + nothing + "\n"))
                    .as(nothing)
                    .singleElement()
                    .asString()
                    .contains(
                            " security_settings.master_key: holds nothing; write the key or remove the line");
            assertThat(problems(profile("provider: openai") + "      api_key:" + nothing))
                    .as(nothing)
                    .singleElement()
                    .asString()
                    .contains(
                            "model_params.api_key: holds nothing; write the key or remove the line");
        }
        assertThat(problems("security_settings: {master_key: '${ABSENT:}'}"))
                .as("an empty default is said on purpose")
                .isEmpty();
    }

    @Test
    void an_agents_settings_are_checked_and_not_sent_to_the_provider() {
        assertThat(problems(profile("provider: openai") + "      agent_settings: {max_steps: 0}"))
                .singleElement()
                .asString()
                .startsWith("f.yaml:6:35 model_list[0].model_params.agent_settings.max_steps:");
    }

    @Test
    void what_belongs_to_the_profile_is_not_sent_to_the_provider() {
        for (String misplaced :
                List.of(
                        "model_name: x",
                        "provider: openai",
                        "key_pool: mine",
                        "timeout: 3s",
                        "stream_timeout: 3s",
                        "max_concurrent: 3",
                        "model_info: {mode: chat}")) {
            assertThat(problems(profile("provider: openai") + "      " + misplaced))
                    .as(misplaced)
                    .containsExactly(
                            "f.yaml:6:7 model_list[0].model_params."
                                    + misplaced.replaceFirst(":.*", "")
                                    + ": belongs to the profile itself: write it beside model_params, not in it");
        }
        assertThat(
                        problems(
                                profile("provider: openrouter")
                                        + "      provider: {order: [deepinfra]}"))
                .as("OpenRouter's own parameter")
                .isEmpty();
    }

    @Test
    void what_belongs_into_model_params_is_told_so() {
        assertThat(problems(profile("provider: openai\n    api_key: sk-1")))
                .containsExactly(
                        "f.yaml:4:5 model_list[0].api_key: is not a known key here; it belongs into model_params");
    }

    @Test
    void a_missing_key_of_a_profile_is_a_note() {
        Result<GatewayConfig> result =
                check(
                        """
                        model_list:
                          - model_name: one
                            provider: openai
                            model_params: {model: m, api_key: os.environ/ABSENT}
                        """);

        assertThat(result).isInstanceOf(Result.Loaded.class);
        assertThat(result.problems()).singleElement().asString().contains("ABSENT is not set");
    }

    @Test
    void remote_servers_need_a_name_of_their_own_and_one_way_to_them() {
        assertThat(
                        problems(
                                """
                                agent_settings: {mcp_server_url: "ftp://tools"}
                                mcp_settings:
                                  servers:
                                    - name: git hub
                                      url: https://mcp.example.com/mcp
                                    - {name: twice, command: npx}
                                    - {name: twice, command: npx, url: "http://10.0.0.1/mcp"}
                                    - {name: lost, headers: {Host: x, "a b": y}, env: {"1": z}}
                                    - {url: "http://169.254.169.254/mcp", tiemout: 3s}
                                    - {name: a__b, url: "http://me:secret@example.com/", timeout: 0s}
                                """))
                .containsExactlyInAnyOrder(
                        "f.yaml:1:34 agent_settings.mcp_server_url: must be an http or https address",
                        "f.yaml:4:13 mcp_settings.servers[0].name: must be letters, digits, - and single _, at most 32: its tools are called <name>__<tool>",
                        "f.yaml:7:14 mcp_settings.servers[2].name: \"twice\" names two servers; rename one",
                        "f.yaml:7:30 mcp_settings.servers[2].command: stands beside url, and a server is reached in one way; remove one",
                        "f.yaml:8:7 mcp_settings.servers[3]: needs \"url\", the address of a server that runs, or \"command\", the program to start",
                        "f.yaml:8:29 mcp_settings.servers[3].headers: belongs to a server with a url",
                        "f.yaml:8:30 mcp_settings.servers[3].headers.Host: is the protocol's own header; remove it",
                        "f.yaml:8:39 mcp_settings.servers[3].headers.a b: can't be the name of a header",
                        "f.yaml:8:55 mcp_settings.servers[3].env: belongs to a server with a command",
                        "f.yaml:8:56 mcp_settings.servers[3].env.1: can't be the name of an environment variable",
                        "f.yaml:9:7 mcp_settings.servers[4]: needs \"name\": Its tools are called `<name>__<tool>`: letters, digits, `-` and `_`, at most 32.",
                        "f.yaml:9:13 mcp_settings.servers[4].url: is a link-local or metadata address, which is never called",
                        "f.yaml:9:43 mcp_settings.servers[4].tiemout: is not a known key; did you mean \"timeout\"?",
                        "f.yaml:10:14 mcp_settings.servers[5].name: must be letters, digits, - and single _, at most 32: its tools are called <name>__<tool>",
                        "f.yaml:10:25 mcp_settings.servers[5].url: must not hold a name or password; give them in headers",
                        "f.yaml:10:67 mcp_settings.servers[5].timeout: must be longer than 0");
    }

    @Test
    void sections_of_another_version_are_unknown_keys() {
        assertThat(problems("general_settings: {enabled: true}\nrouter_setings: {}\n"))
                .containsExactly(
                        "f.yaml:1:1 general_settings: is not a known key",
                        "f.yaml:2:1 router_setings: is not a known key; did you mean \"router_settings\"?");
    }

    private static String profile(String lines) {
        return "model_list:\n  - model_name: one\n    "
                + lines
                + "\n    model_params:\n      model: m\n";
    }

    private static String profile(String lines, String base) {
        return "model_list:\n  - model_name: one\n    "
                + lines
                + "\n    model_params:\n      model: m\n      api_base: "
                + base
                + "\n";
    }

    private static Result<GatewayConfig> check(String yaml) {
        return Gateway.check(
                yaml.getBytes(StandardCharsets.UTF_8), Environment.of(Map.of()), CATALOG);
    }

    private static List<String> problems(String yaml) {
        return check(yaml).problems().stream().map(p -> p.format("f.yaml")).toList();
    }
}
