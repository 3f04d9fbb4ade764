package io.magicproxy.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.cache.CacheConfig;
import io.magicproxy.cache.CacheRule;
import io.magicproxy.config.ConfigReader;
import io.magicproxy.config.DataSize;
import io.magicproxy.config.FullMapping;
import io.magicproxy.config.SecretRef;
import io.magicproxy.gateway.StreamingConfig.TypewriterMode;
import io.magicproxy.mcp.McpConfig;
import io.magicproxy.mcp.client.McpServerConfig;
import io.magicproxy.quota.TeamConfig;
import io.magicproxy.quota.VirtualKeyConfig;
import io.magicproxy.routing.AgentConfig;
import io.magicproxy.routing.KeyManagementConfig;
import io.magicproxy.routing.ModelInfo;
import io.magicproxy.routing.ModelParams;
import io.magicproxy.routing.ProfileConfig;
import io.magicproxy.routing.RouterConfig;
import io.magicproxy.routing.RoutingStrategy;
import io.magicproxy.store.BackendConfig;
import io.magicproxy.store.KafkaConfig;
import io.magicproxy.store.QueueConfig;
import io.magicproxy.store.RedisConfig;
import io.magicproxy.telemetry.LogFormat;
import io.magicproxy.telemetry.TelemetryConfig;
import io.magicproxy.tool.power.GrantConfig;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The defaults of every configuration record, and that every key of it arrives. */
class ConfigRecordsTest {
    private static final String BACKEND =
            "{data_dir: /var/lib/magic-proxy, drain_seconds: 9, retention: 2d, usage_retention: 30d, audit_retention: 4d, store_content: false, drop_content_after: 9s, max_result: 2KiB, max_journal: 3MiB, queue: {kind: kafka, slots: 3, capacity: 4, ack_seconds: 5, attempts: 6, lease: 7}, events: redis, kafka: {bootstrap_servers: [\"k:9092\"], topic: t, dead_letter_topic: d, group: g, replication_factor: 2, timeout: 8s, client: {security.protocol: SSL}}, redis: {urls: [\"redis://r:6379\"], mode: sentinel, master_name: m, username: u, password: p, key_prefix: mp, timeout: 2s, allow_volatile: true}}";
    private static final String AGENTS =
            "{reasoning_mode: deep, max_steps: 3, max_tokens_total: 4, max_seconds: 5, tools: [calculator], system_prompt: Be brief., patterns_dir: p, tools_dir: t, prompts_dir: sp, manifests_dir: m, mcp_server_url: \"http://t/mcp\", mcp_server_key: k}";
    private static final String SANDBOX =
            "{isolation: in_process, hosts: 2, max_hosts: 3, host_memory: 128MiB, guest_time: 4, wall_time: 5, statements: 6000, output: 8KiB, stack_frames: 90, "
                    + "tools: {guest_time: 1, wall_time: 2, statements: 3000, output: 4KiB, stack_frames: 50, max_result: 5KiB, max_fetch: 6KiB, max_file: 7KiB}, "
                    + "env_dir: e, grants: {probe: {network: [a.example], files: docs, agents: true}}}";

    private static final String CACHE =
            "{enabled: true, key_prefix: p, max_size: 1MiB, max_answer: 2KiB, rules: [{model_names: [a, b], include_in_key: [messages], ttl_seconds: 60, shared: true}, {model_names: c}]}";

    private static final String MCP =
            "{max_sessions: 2, session_idle: 3s, resume_window: 4s, servers: ["
                    + "{name: n, url: \"http://s/mcp\", headers: {X-Key: h}, allow: [a, b], connect_timeout: 1s, timeout: 2s, concurrency: 3, max_tools: 4, ping_every: 5s}, "
                    + "{name: p, command: c, args: [d], env: {E: f}}]}";

    private static final String ROUTER =
            """
            model_group_alias: {main: [a, b], single: c}
            routing_strategy: {main: least_busy}
            num_retries: 5
            retry_after: 3
            timeout: 120s
            stream_timeout: 20
            connect_timeout: 4s
            allowed_fails: 9
            cooldown_time: 2m
            context_window_fallbacks: [{main: [long]}]
            content_policy_fallbacks: {main: other}
            """;

    @Test
    void router_settings() {
        RouterConfig defaults = ConfigReader.defaults(RouterConfig.class);
        assertThat(defaults)
                .isEqualTo(
                        new RouterConfig(
                                Map.of(),
                                Map.of(),
                                2,
                                Duration.ZERO,
                                Duration.ofMinutes(10),
                                Duration.ofMinutes(1),
                                Duration.ofSeconds(10),
                                3,
                                Duration.ofSeconds(30),
                                Map.of(),
                                Map.of()));

        assertThat(FullMapping.of(RouterConfig.class, ROUTER))
                .isEqualTo(
                        new RouterConfig(
                                Map.of("main", List.of("a", "b"), "single", List.of("c")),
                                Map.of("main", RoutingStrategy.LEAST_BUSY),
                                5,
                                Duration.ofSeconds(3),
                                Duration.ofMinutes(2),
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(4),
                                9,
                                Duration.ofMinutes(2),
                                Map.of("main", List.of("long")),
                                Map.of("main", List.of("other"))));
    }

    @Test
    void a_profile() {
        ProfileConfig defaults = ConfigReader.defaults(ProfileConfig.class);
        assertThat(defaults.timeout()).isEmpty();
        assertThat(defaults.streamTimeout()).isEmpty();
        assertThat(defaults.maxConcurrent()).isEmpty();
        assertThat(defaults.keyPool()).isEmpty();
        assertThat(defaults.modelInfo().mode()).isEqualTo(ModelInfo.Mode.CHAT);

        ProfileConfig full =
                FullMapping.of(
                        ProfileConfig.class,
                        """
                        model_name: main
                        provider: openai
                        model_params:
                          model: gpt-5.1
                          agent_settings: {reasoning_mode: r, max_steps: 1, max_tokens_total: 2, max_seconds: 3, tools: [t], system_prompt: s, manifests: [m]}
                          api_base: http://127.0.0.1:8000/v1
                          api_version: '2024-10-21'
                          api_key: sk-1
                          temperature: 0.7
                          top_p: null
                        key_pool: team-a
                        timeout: 120s
                        stream_timeout: 20s
                        max_concurrent: 50
                        weight: 95
                        tags: [eu, premium]
                        model_info:
                          mode: embedding
                          max_input_tokens: 128000
                          input_cost_per_token: 0.00000125
                          output_cost_per_token: 0.00001
                          cache_read_input_token_cost: 0.000000125
                          cache_creation_input_token_cost: 0.0000015
                          cache_creation_hour_input_token_cost: 0.000002
                          long_context: {above_tokens: 200000, input_cost_per_token: 1, output_cost_per_token: 2, cache_read_input_token_cost: 3, cache_creation_input_token_cost: 4, cache_creation_hour_input_token_cost: 5}
                          supports_vision: true
                        """);

        assertThat(full.weight()).contains(95);
        assertThat(full.tags()).containsExactly("eu", "premium");
        ModelParams params = full.modelParams();
        assertThat(params.apiVersion()).contains("2024-10-21");
        assertThat(params.apiKey()).contains(SecretRef.of("sk-1"));
        assertThat(params.defaults()).hasToString("{\"temperature\":0.7,\"top_p\":null}");
        assertThat(full.modelInfo().inputCostPerToken()).contains(new BigDecimal("0.00000125"));
        assertThat(full.modelInfo().more()).hasToString("{\"supports_vision\":true}");
    }

    @Test
    void streaming_settings() {
        assertThat(ConfigReader.defaults(StreamingConfig.class))
                .isEqualTo(
                        new StreamingConfig(
                                TypewriterMode.CLIENT,
                                15,
                                Duration.ofSeconds(15),
                                Optional.empty()));

        assertThat(
                        FullMapping.of(
                                StreamingConfig.class,
                                "{typewriter_mode: proxy, typewriter_delay_ms: 30, heartbeat: 0, first_heartbeat: 7}"))
                .isEqualTo(
                        new StreamingConfig(
                                TypewriterMode.PROXY,
                                30,
                                Duration.ZERO,
                                Optional.of(Duration.ofSeconds(7))));
    }

    @Test
    void cache_settings() {
        assertThat(ConfigReader.defaults(CacheConfig.class))
                .isEqualTo(
                        new CacheConfig(
                                false,
                                "magic-proxy",
                                new DataSize(64 << 20),
                                new DataSize(1 << 20),
                                List.of()));
        assertThat(FullMapping.of(CacheConfig.class, CACHE))
                .isEqualTo(
                        new CacheConfig(
                                true,
                                "p",
                                new DataSize(1 << 20),
                                new DataSize(2 << 10),
                                List.of(
                                        new CacheRule(
                                                List.of("a", "b"),
                                                List.of("messages"),
                                                Duration.ofMinutes(1),
                                                true),
                                        new CacheRule(
                                                List.of("c"),
                                                List.of(),
                                                Duration.ofHours(1),
                                                false))));
    }

    @Test
    void the_first_heartbeat_comes_later_than_others_unless_told_otherwise() {
        assertThat(untilFirstHeartbeat(15, Optional.empty())).isEqualTo(Duration.ofSeconds(30));
        assertThat(untilFirstHeartbeat(15, Optional.of(Duration.ofSeconds(5))))
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(untilFirstHeartbeat(15, Optional.of(Duration.ZERO))).isZero();
        assertThat(untilFirstHeartbeat(0, Optional.of(Duration.ofSeconds(5)))).isZero();
    }

    private static Duration untilFirstHeartbeat(int heartbeat, Optional<Duration> first) {
        return new StreamingConfig(TypewriterMode.CLIENT, 15, Duration.ofSeconds(heartbeat), first)
                .untilFirstHeartbeat();
    }

    @Test
    void telemetry_settings() {
        assertThat(ConfigReader.defaults(TelemetryConfig.class))
                .isEqualTo(
                        new TelemetryConfig(
                                Optional.empty(),
                                Map.of(),
                                Optional.empty(),
                                false,
                                Optional.empty(),
                                true,
                                Optional.empty(),
                                true,
                                LogFormat.AUTO));

        assertThat(
                        FullMapping.of(
                                TelemetryConfig.class,
                                "{otlp_endpoint: \"http://c:4318\", headers: {a: b}, sampling: 0.5, capture_content: true, service_name: s, metrics: false, metrics_interval: 9s, propagate: false, log_format: json}"))
                .isEqualTo(
                        new TelemetryConfig(
                                Optional.of("http://c:4318"),
                                Map.of("a", SecretRef.of("b")),
                                Optional.of(new BigDecimal("0.5")),
                                true,
                                Optional.of("s"),
                                false,
                                Optional.of(Duration.ofSeconds(9)),
                                false,
                                LogFormat.JSON));
    }

    @Test
    void key_management_settings() {
        assertThat(ConfigReader.defaults(KeyManagementConfig.class))
                .isEqualTo(
                        new KeyManagementConfig(
                                "keys_pool", true, Duration.ofMinutes(1), Optional.empty(), 1));

        assertThat(
                        FullMapping.of(
                                KeyManagementConfig.class,
                                "{keys_dir: k, enable_quarantine: false, quarantine_seconds: 5, probe_every: 3m, retire_after: 2}"))
                .isEqualTo(
                        new KeyManagementConfig(
                                "k",
                                false,
                                Duration.ofSeconds(5),
                                Optional.of(Duration.ofMinutes(3)),
                                2));
    }

    @Test
    void backend_settings() {
        assertThat(ConfigReader.defaults(BackendConfig.class))
                .isEqualTo(
                        new BackendConfig(
                                "data",
                                Duration.ofSeconds(25),
                                Duration.ofDays(7),
                                Duration.ofDays(400),
                                Duration.ofDays(90),
                                true,
                                Duration.ofMinutes(1),
                                new DataSize(1 << 20),
                                new DataSize(64 << 20),
                                new QueueConfig(
                                        QueueConfig.Kind.EMBEDDED,
                                        256,
                                        10_000,
                                        Duration.ofSeconds(10),
                                        5,
                                        Duration.ofSeconds(6)),
                                BackendConfig.Events.EMBEDDED,
                                Optional.empty(),
                                Optional.empty()));
        assertThat(FullMapping.of(BackendConfig.class, BACKEND))
                .isEqualTo(
                        new BackendConfig(
                                "/var/lib/magic-proxy",
                                Duration.ofSeconds(9),
                                Duration.ofDays(2),
                                Duration.ofDays(30),
                                Duration.ofDays(4),
                                false,
                                Duration.ofSeconds(9),
                                new DataSize(2 << 10),
                                new DataSize(3 << 20),
                                new QueueConfig(
                                        QueueConfig.Kind.KAFKA,
                                        3,
                                        4,
                                        Duration.ofSeconds(5),
                                        6,
                                        Duration.ofSeconds(7)),
                                BackendConfig.Events.REDIS,
                                Optional.of(
                                        new KafkaConfig(
                                                List.of("k:9092"),
                                                "t",
                                                "d",
                                                "g",
                                                Optional.of(2),
                                                Duration.ofSeconds(8),
                                                Map.of("security.protocol", SecretRef.of("SSL")))),
                                Optional.of(
                                        new RedisConfig(
                                                List.of("redis://r:6379"),
                                                RedisConfig.Mode.SENTINEL,
                                                "m",
                                                Optional.of("u"),
                                                Optional.of(SecretRef.of("p")),
                                                "mp",
                                                Duration.ofSeconds(2),
                                                true))));
    }

    @Test
    void agent_settings() {
        assertThat(ConfigReader.defaults(AgentDefaults.class))
                .isEqualTo(
                        new AgentDefaults(
                                "basic_react",
                                12,
                                500_000,
                                900,
                                Optional.empty(),
                                Optional.empty(),
                                "patterns",
                                "tools",
                                "system_prompts",
                                "manifests",
                                Optional.empty(),
                                Optional.empty()));
        assertThat(FullMapping.of(AgentDefaults.class, AGENTS))
                .isEqualTo(
                        new AgentDefaults(
                                "deep",
                                3,
                                4,
                                5,
                                Optional.of(List.of("calculator")),
                                Optional.of("Be brief."),
                                "p",
                                "t",
                                "sp",
                                "m",
                                Optional.of("http://t/mcp"),
                                Optional.of(SecretRef.of("k"))));
        assertThat(
                        FullMapping.of(
                                AgentConfig.class,
                                "{reasoning_mode: r, max_steps: 1, max_tokens_total: 2, max_seconds: 3, tools: [t], system_prompt: s, manifests: [m], expose_as_tool: true, tool_description: d}"))
                .isEqualTo(
                        new AgentConfig(
                                Optional.of("r"),
                                Optional.of(1),
                                Optional.of(2),
                                Optional.of(3),
                                Optional.of(List.of("t")),
                                Optional.of("s"),
                                List.of("m"),
                                true,
                                Optional.of("d")));
    }

    @Test
    void mcp_settings() {
        assertThat(ConfigReader.defaults(McpConfig.class))
                .isEqualTo(
                        new McpConfig(
                                1000, Duration.ofMinutes(30), Duration.ofSeconds(30), List.of()));
        assertThat(FullMapping.of(McpConfig.class, MCP))
                .isEqualTo(
                        new McpConfig(
                                2,
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                List.of(
                                        new McpServerConfig(
                                                "n",
                                                Optional.of("http://s/mcp"),
                                                Optional.empty(),
                                                List.of(),
                                                Map.of(),
                                                Map.of("X-Key", SecretRef.of("h")),
                                                Optional.of(List.of("a", "b")),
                                                Duration.ofSeconds(1),
                                                Duration.ofSeconds(2),
                                                3,
                                                4,
                                                Duration.ofSeconds(5)),
                                        new McpServerConfig(
                                                "p",
                                                Optional.empty(),
                                                Optional.of("c"),
                                                List.of("d"),
                                                Map.of("E", SecretRef.of("f")),
                                                Map.of(),
                                                Optional.empty(),
                                                Duration.ofSeconds(10),
                                                Duration.ofSeconds(60),
                                                16,
                                                128,
                                                Duration.ofSeconds(30)))));
    }

    @Test
    void sandbox_settings() {
        assertThat(ConfigReader.defaults(SandboxConfig.class))
                .isEqualTo(
                        new SandboxConfig(
                                SandboxConfig.Isolation.PROCESS,
                                1,
                                4,
                                new DataSize(384 << 20),
                                Duration.ofSeconds(30),
                                Duration.ofHours(1),
                                200_000_000,
                                new DataSize(4 << 20),
                                2000,
                                new ToolSandboxConfig(
                                        Duration.ofSeconds(10),
                                        Duration.ofHours(1),
                                        50_000_000,
                                        new DataSize(4 << 20),
                                        2000,
                                        new DataSize(256 << 10),
                                        new DataSize(4 << 20),
                                        new DataSize(1 << 20)),
                                "env",
                                Map.of()));
        assertThat(FullMapping.of(SandboxConfig.class, SANDBOX))
                .isEqualTo(
                        new SandboxConfig(
                                SandboxConfig.Isolation.IN_PROCESS,
                                2,
                                3,
                                new DataSize(128 << 20),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(5),
                                6000,
                                new DataSize(8 << 10),
                                90,
                                new ToolSandboxConfig(
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(2),
                                        3000,
                                        new DataSize(4 << 10),
                                        50,
                                        new DataSize(5 << 10),
                                        new DataSize(6 << 10),
                                        new DataSize(7 << 10)),
                                "e",
                                Map.of(
                                        "probe",
                                        new GrantConfig(
                                                List.of("a.example"), List.of("docs"), true))));
    }

    @Test
    void security_settings() {
        SecurityConfig defaults = ConfigReader.defaults(SecurityConfig.class);
        assertThat(defaults.masterKey()).isEmpty();
        assertThat(defaults.virtualKeys()).isEmpty();
        assertThat(defaults.teams()).isEmpty();
        assertThat(defaults.allowUnauthenticated()).isFalse();
        assertThat(defaults.corsAllowedOrigins()).isEmpty();
        assertThat(defaults.allowedHosts()).isEmpty();
        assertThat(defaults.maxBody()).isEqualTo(new DataSize(32 << 20));
        assertThat(defaults.maxHeaderBytes()).isEqualTo(new DataSize(16 << 10));
        assertThat(defaults.maxJsonDepth()).isEqualTo(128);
        assertThat(defaults.requestReadTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(defaults.responseWriteTimeout()).isEqualTo(Duration.ofMinutes(1));

        SecurityConfig full =
                FullMapping.of(
                        SecurityConfig.class,
                        """
                        master_key: sk-master
                        virtual_keys:
                          - {name: k, key: sk-one, team: t, aliases: [m], expires: 2027-01-31, requests_per_minute: 1, tokens_per_minute: 2,
                             max_concurrent: 3, budget_per_day: 0.5, budget_per_month: 6, metadata: {a: b}}
                        teams:
                          - {name: t, requests_per_minute: 1, tokens_per_minute: 2, max_concurrent: 3, budget_per_day: 0.5,
                             budget_per_month: 6, metadata: {a: b}}
                        allow_unauthenticated: true
                        allowed_hosts: llm.example.org
                        cors_allowed_origins: ["https://app.example.org"]
                        max_body: 8MiB
                        max_header_bytes: 8KiB
                        max_json_depth: 64
                        request_read_timeout: 5s
                        response_write_timeout: 6s
                        """);
        assertThat(full.masterKey().flatMap(SecretRef::value)).contains("sk-master");
        assertThat(full.allowedHosts()).containsExactly("llm.example.org");
        assertThat(full.virtualKeys())
                .containsExactly(
                        new VirtualKeyConfig(
                                "k",
                                Optional.of(SecretRef.of("sk-one")),
                                Optional.of("t"),
                                List.of("m"),
                                Optional.of("2027-01-31"),
                                Optional.of(1),
                                Optional.of(2),
                                Optional.of(3),
                                Optional.of(new BigDecimal("0.5")),
                                Optional.of(new BigDecimal("6")),
                                Map.of("a", "b")));
        assertThat(full.teams())
                .containsExactly(
                        new TeamConfig(
                                "t",
                                Optional.of(1),
                                Optional.of(2),
                                Optional.of(3),
                                Optional.of(new BigDecimal("0.5")),
                                Optional.of(new BigDecimal("6")),
                                Map.of("a", "b")));
    }

    @Test
    void the_whole_file() {
        GatewayConfig full =
                FullMapping.of(
                        GatewayConfig.class,
                        """
                        definitions: {anything: [1]}
                        model_list: [{model_name: m, provider: openai, model_params: {model: x}}]
                        router_settings:
                        %s
                        streaming_settings: {typewriter_mode: proxy, typewriter_delay_ms: 30, heartbeat: 0, first_heartbeat: 0}
                        cache_settings: %s
                        key_management_settings:
                          {keys_dir: k, enable_quarantine: false, quarantine_seconds: 5, probe_every: 3m, retire_after: 2}
                        backend_settings: %s
                        agent_settings: %s
                        sandbox_settings: %s
                        mcp_settings: %s
                        security_settings:
                          {master_key: k, virtual_keys: [{name: v}], teams: [{name: t}], allow_unauthenticated: true, allowed_hosts: [h], cors_allowed_origins: [o],
                           max_body: 1, max_header_bytes: 2KiB, max_json_depth: 9, request_read_timeout: 1,
                           response_write_timeout: 2}
                        telemetry_settings:
                          {otlp_endpoint: "http://c", headers: {a: b}, sampling: 1, capture_content: true, service_name: s,
                           metrics: false, metrics_interval: 9s, propagate: false, log_format: json}
                        provider_model_lists: {openai: [gpt-x, gpt-y], local: llama}
                        """
                                .formatted(ROUTER.indent(2), CACHE, BACKEND, AGENTS, SANDBOX, MCP));
        assertThat(full.modelList()).hasSize(1);
        assertThat(full.definitions()).hasToString("{\"anything\":[1]}");
        assertThat(full.providerModelLists())
                .isEqualTo(Map.of("openai", List.of("gpt-x", "gpt-y"), "local", List.of("llama")));
    }
}
