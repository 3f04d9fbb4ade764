package io.magicproxy.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.ConfigProblem.Severity;
import io.magicproxy.config.ConfigReader.Result;
import io.magicproxy.config.Environment;
import io.magicproxy.config.Place;
import io.magicproxy.routing.ProfileConfig;
import io.magicproxy.routing.RouterConfig;
import io.magicproxy.testing.Mutations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever stands in the file, it is taken or refused with its problems: no exception, no hang, no
 * secret said, and what is taken holds what the rest of the gateway relies on.
 */
class ConfigFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final long SEED = 20261123;
    private static final String SECRET = "sk-fuzz-secret";

    /** Far more than a file of a few KiB takes on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final ProviderCatalog CATALOG = ProviderCatalog.standard(InstantSource.system());
    private static final Environment ENVIRONMENT = Environment.of(Map.of("SECRET", SECRET));

    private static final String EVERYTHING =
            """
            definitions: {base: &base {temperature: null, model: m}, more: &more {<<: *base, top_p: 0.5}}
            model_list:
              - model_name: one
                provider: openai
                model_params: {<<: [*base, *more], api_base: "http://127.0.0.1:80/v1", api_key: os.environ/SECRET}
                timeout: 120s
                max_concurrent: 50
              - model_name: two
                provider: azure
                key_pool: team-a
                model_params:
                  model: ${ABSENT:x}
                  api_base: https://a.openai.azure.com
                  stop: [a, {b: 1e3}]
                model_info: {mode: chat, max_input_tokens: 5, input_cost_per_token: 1e-6, supports_x: true}
            router_settings:
              model_group_alias: {main: [one, two], one: one}
              num_retries: 1
              retry_after: 1.5
              timeout: 500ms
              context_window_fallbacks: [{main: [two]}, {two: one}]
              content_policy_fallbacks: {one: [two]}
            streaming_settings: {typewriter_mode: proxy, typewriter_delay_ms: 5, heartbeat: 0}
            key_management_settings: {keys_dir: k, enable_quarantine: no, quarantine_seconds: 5}
            backend_settings: {data_dir: d}
            security_settings:
              master_key: ${SECRET}
              allowed_hosts: [h]
              max_body: 8MiB
              max_json_depth: 64
            """;

    private static final List<String> PIECES =
            List.of(
                    ": ",
                    ":",
                    "- ",
                    "-",
                    "? ",
                    "\n",
                    "\n  ",
                    "\t",
                    "[",
                    "]",
                    "{",
                    "}",
                    ",",
                    "#",
                    "&a ",
                    "*a ",
                    "*base",
                    "<<: *base",
                    "<<: ",
                    "<<",
                    "!!str ",
                    "!!int ",
                    "!!bool ",
                    "!x ",
                    "| ",
                    "> ",
                    "\n---\n",
                    "\n...\n",
                    "%YAML 1.1\n",
                    "\"",
                    "'",
                    "\\",
                    "\\0",
                    "\\uD800",
                    "~",
                    "null",
                    "true",
                    "0",
                    "-1",
                    "1e999",
                    ".inf",
                    ".nan",
                    "0x1F",
                    "99999999999999999999",
                    "1:30",
                    "2001-01-01",
                    "os.environ/",
                    "os.environ/SECRET",
                    "${SECRET}",
                    "${ABSENT}",
                    "${ABSENT:}",
                    "${",
                    "}",
                    "main",
                    "one",
                    "two",
                    "api_base",
                    "model_list:",
                    "router_settings:",
                    "[[[[",
                    "{a: {a: ",
                    "\u0000",
                    "\uFEFF",
                    "\u2028",
                    "é",
                    "😀",
                    "169.254.169.254",
                    "999999999999d");

    @Test
    void whatever_the_file_it_is_taken_or_refused() throws Exception {
        Mutations mutations = new Mutations(SEED, documents(), PIECES);
        int loaded = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] yaml = mutations.next();
            try {
                loaded += holds(yaml) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                fail("round " + round + ":\n" + new String(yaml, StandardCharsets.UTF_8), e);
            }
        }
        // If all were refused, or none, the mutations would be no test.
        assertThat(loaded).isBetween(ROUNDS / 100, ROUNDS / 2);
    }

    private static List<String> documents() throws IOException {
        Path root = Path.of(System.getProperty("project.root"));
        return List.of(Files.readString(root.resolve("proxy_config.yaml")), EVERYTHING, EVERYTHING);
    }

    private static boolean holds(byte[] yaml) {
        Instant start = Instant.now();
        Result<GatewayConfig> result = Gateway.check(yaml, ENVIRONMENT, CATALOG);
        require(Duration.between(start, Instant.now()).compareTo(PATIENCE) < 0, "in time");
        result.problems().forEach(ConfigFuzzTest::isPresentable);
        boolean errors = result.problems().stream().anyMatch(p -> p.severity() == Severity.ERROR);
        return switch (result) {
            case Result.Loaded<GatewayConfig> loaded -> {
                require(!errors, "no errors in what is loaded");
                isSound(loaded.config());
                yield true;
            }
            case Result.Invalid<GatewayConfig> _ -> {
                require(errors, "a reason for the refusal");
                yield false;
            }
        };
    }

    private static void isPresentable(ConfigProblem problem) {
        String line = problem.format("f.yaml");
        require(line.lines().count() == 1 && !problem.message().isBlank(), "one line: " + line);
        require(!line.contains(SECRET), "no secret: " + line);
        Place place = problem.place();
        require(
                place.line() > 0 && place.column() > 0 && place.endColumn() >= place.column(),
                "a place: " + line);
    }

    /** What the making of a generation takes for granted. */
    private static void isSound(GatewayConfig config) {
        Set<String> names = new HashSet<>();
        for (ProfileConfig profile : config.modelList()) {
            require(names.add(profile.modelName()), "each name once");
            require(CATALOG.find(profile.provider()).isPresent(), "a provider");
            require(
                    profile.modelParams()
                            .apiBase()
                            .filter(base -> ProfileChecks.parse(base).isEmpty())
                            .isEmpty(),
                    "an address");
        }
        RouterConfig router = config.routerSettings();
        require(router.modelGroupAlias().values().stream().noneMatch(List::isEmpty), "a chain");
        require(
                Stream.of(
                                router.modelGroupAlias(),
                                router.contextWindowFallbacks(),
                                router.contentPolicyFallbacks())
                        .flatMap(chains -> chains.values().stream().flatMap(List::stream))
                        .allMatch(names::contains),
                "chains of profiles");
        require(!Path.of(config.keyManagementSettings().keysDir()).toString().isEmpty(), "keys");
        require(!Path.of(config.backendSettings().dataDir()).toString().isEmpty(), "data");
    }

    /** AssertJ's words for each of some hundred thousand checks would take most of the time. */
    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
