package io.magicproxy.server.admin;

import static io.magicproxy.server.TestGateway.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.server.TestGateway;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and figures, as the page for operators shows and changes them. */
class KeysApiTest {
    private static final String FIRST = "sk-the-first-key-of-the-pool-0001";
    private static final String NEW = "sk-the-new-key-of-the-pool-0002";
    private static final String SAID =
            """
            {"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}}
            """;

    @TempDir private Path folder;
    private ScriptedUpstream upstream;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        upstream = ScriptedUpstream.start();
        gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list:
                                  - {model_name: up, provider: openai, key_pool: pool, model_params: {model: m, api_base: "%s/v1"},
                                     model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.1}}
                                  - {model_name: own, provider: openai, model_params: {model: m, api_base: "%s/v1", api_key: sk-the-key-of-the-profile}}
                                  - {model_name: other, provider: openai, key_pool: from-env, model_params: {model: m, api_base: "%s/v1"}}
                                router_settings: {num_retries: 0, allowed_fails: 2}
                                sandbox_settings: {isolation: in_process}
                                """
                                        .formatted(upstream.url(), upstream.url(), upstream.url()))
                        .keys("pool", "# the team's", FIRST)
                        .environment("FROM_ENV_API_KEY", "sk-the-key-of-the-environment")
                        .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void what_is_no_key_or_is_known_or_has_no_file_is_refused_without_being_repeated()
            throws Exception {
        for (String bad :
                new String[] {
                    "", "two words", "# comment", "NAME=value-of-it", "sk-\u00e9", "weight=2"
                }) {
            HttpResponse<String> refused = add("pool", bad);
            assertThat(refused.statusCode()).as(bad).isEqualTo(400);
        }
        assertThat(add("nobody", NEW).statusCode()).isEqualTo(404);
        HttpResponse<String> known = add("pool", FIRST);
        assertThat(known.statusCode()).isEqualTo(409);
        assertThat(known.body()).doesNotContain(FIRST);
        HttpResponse<String> elsewhere = add("profile:own", NEW);
        assertThat(elsewhere.statusCode()).isEqualTo(409);
        assertThat(elsewhere.body()).contains("model_params.api_key").doesNotContain(NEW);
        HttpResponse<String> fromEnvironment =
                gateway.send(
                        "DELETE",
                        "/admin/keys/from-env/" + fingerprint("sk-the-key-of-the-environment"),
                        "");
        assertThat(fromEnvironment.statusCode()).isEqualTo(409);
        assertThat(fromEnvironment.body()).contains("environment");
        assertThat(file()).hasContent("# the team's\n" + FIRST + "\n");
        assertThat(
                        gateway.post("/admin/keys/pool", "{\"key\":\"" + NEW + "\",\"rpm\":0}")
                                .statusCode())
                .isEqualTo(400);
    }

    @Test
    void a_key_that_is_added_works_at_once_and_only_its_owner_can_read_the_file() throws Exception {
        Files.writeString(file(), "# the team's\n" + FIRST);
        gateway.post(
                "/admin/keys/pool/" + fingerprint(FIRST),
                "{\"action\":\"retire\",\"reason\":\"old\"}");
        HttpResponse<String> added =
                gateway.post("/admin/keys/pool", "{\"key\":\"" + NEW + "\",\"weight\":2}");

        assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
        assertThat(added.body()).doesNotContain(NEW, FIRST);
        assertThat(file()).hasContent("# the team's\n" + FIRST + "\n" + NEW + " weight=2\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        JsonNode old = key("pool", FIRST);
        assertThat(old.path("state").asText()).isEqualTo("retired");
        assertThat(old.path("by").asText()).isEqualTo("operator");
        assertThat(old.path("reason").asText()).isEqualTo("old");
        assertThat(old.path("since").asText()).startsWith("20");
        assertThat(key("pool", NEW).path("weight").asInt()).isEqualTo(2);
        assertThat(key("pool", NEW).path("source").asText()).isEqualTo("file");
        upstream.enqueue(Reply.json(200, SAID));
        assertThat(gateway.post("/v1/chat/completions", chat("up", "")).statusCode())
                .isEqualTo(200);
        assertThat(upstream.requests().getLast().header("authorization")).contains("Bearer " + NEW);
    }

    @Test
    void a_key_that_is_removed_is_gone_and_comes_back_working() throws Exception {
        gateway.post("/admin/keys/pool/" + fingerprint(FIRST), "{\"action\":\"retire\"}");
        HttpResponse<String> removed =
                gateway.send("DELETE", "/admin/keys/pool/" + fingerprint(FIRST), "");

        assertThat(removed.statusCode()).as(removed.body()).isEqualTo(200);
        assertThat(file()).hasContent("# the team's\n");
        assertThat(gateway.post("/v1/chat/completions", chat("up", "")).statusCode())
                .isEqualTo(503);
        assertThat(
                        gateway.send("DELETE", "/admin/keys/pool/" + fingerprint(FIRST), "")
                                .statusCode())
                .isEqualTo(404);
        add("pool", FIRST);
        assertThat(key("pool", FIRST).path("state").asText()).isEqualTo("active");
    }

    @Test
    void keys_come_and_go_while_the_configuration_is_broken() throws Exception {
        Files.writeString(folder.resolve("proxy_config.yaml"), "nonsense: 1\n");

        assertThat(add("pool", NEW).statusCode()).isEqualTo(201);
        assertThat(key("pool", NEW).path("state").asText()).isEqualTo("active");
    }

    @Test
    void a_state_and_the_time_since_when_it_holds_survive_a_restart() throws Exception {
        gateway.post("/admin/keys/pool/" + fingerprint(FIRST), "{\"action\":\"retire\"}");
        String since = key("pool", FIRST).path("since").asText();
        gateway.close();
        gateway = TestGateway.in(folder).start();

        assertThat(key("pool", FIRST).path("state").asText()).isEqualTo("retired");
        assertThat(key("pool", FIRST).path("since").asText()).isEqualTo(since);
        gateway.post("/admin/keys/pool/" + fingerprint(FIRST), "{\"action\":\"restore\"}");
        assertThat(key("pool", FIRST).path("state").asText()).isEqualTo("active");
        assertThat(key("pool", FIRST).path("since").asText()).isNotEqualTo(since);
    }

    @Test
    void a_pools_file_that_is_locked_is_left_alone() throws Exception {
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("r--------"));
        HttpResponse<String> refused = add("pool", NEW);

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("file_not_writable", "read-only").doesNotContain(NEW);
        assertThat(file()).content().doesNotContain(NEW);
    }

    @Test
    void the_figures_are_those_of_the_calls_and_nothing_is_guessed() throws Exception {
        upstream.enqueue(Reply.json(200, SAID), Reply.json(200, SAID), Reply.json(500, "{}"));
        for (String alias : new String[] {"up", "own", "up"}) {
            gateway.post("/v1/chat/completions", chat(alias, ""));
        }
        JsonNode health = gateway.json("/admin/health");
        JsonNode up = health.at("/profiles/0");

        assertThat(up.path("attempts").toString()).isEqualTo("{\"ok\":1,\"transient\":1}");
        assertThat(up.at("/latency/samples").asInt()).isEqualTo(1);
        assertThat(up.at("/latency/p95_ms").asDouble()).isPositive();
        assertThat(up.at("/tokens/input").asInt()).isEqualTo(10);
        assertThat(up.path("cost_usd").asDouble()).isBetween(0.499, 0.501);
        assertThat(up.at("/last_failure/class").asText()).isEqualTo("transient");
        assertThat(up.at("/last_failure/status").asInt()).isEqualTo(500);
        assertThat(up.at("/breaker/recent_failures").asInt()).isEqualTo(1);
        assertThat(up.at("/minutes").findValues("failed")).extracting(JsonNode::asInt).contains(1);
        JsonNode own = health.at("/profiles/1");
        assertThat(own.at("/tokens/output").asInt()).isEqualTo(4);
        assertThat(own.path("cost_usd").isNull()).isTrue();
        assertThat(own.path("priced").asBoolean()).isFalse();
        JsonNode other = health.at("/profiles/2");
        assertThat(other.path("attempts")).isEmpty();
        assertThat(other.path("latency").isNull()).isTrue();
        assertThat(other.path("minutes")).isEmpty();
        assertThat(health.toString()).doesNotContain("sk-the-");

        upstream.enqueue(Reply.json(500, "{}"));
        gateway.post("/v1/chat/completions", chat("up", ""));
        JsonNode open = gateway.json("/admin/health").at("/profiles/0/breaker");
        assertThat(open.path("state").asText()).isEqualTo("open");
        assertThat(open.path("until").asText()).startsWith("20");
    }

    private Path file() {
        return folder.resolve("keys_pool/keys_pool_pool.env");
    }

    private HttpResponse<String> add(String pool, String key) throws Exception {
        return gateway.post("/admin/keys/" + pool, Json.text(Json.object().put("key", key)));
    }

    private JsonNode key(String pool, String key) throws Exception {
        for (JsonNode each : gateway.json("/admin/keys").path("pools")) {
            for (JsonNode one : each.path("keys")) {
                if (each.path("id").asText().equals(pool)
                        && one.path("fingerprint").asText().equals(fingerprint(key))) {
                    return one;
                }
            }
        }
        throw new AssertionError("no such key in " + gateway.json("/admin/keys"));
    }

    private static String fingerprint(String key) {
        return new ApiKey(key).fingerprint();
    }
}
