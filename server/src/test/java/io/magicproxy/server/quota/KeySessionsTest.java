package io.magicproxy.server.quota;

import static io.magicproxy.server.quota.KeyScene.CALL;
import static io.magicproxy.server.quota.KeyScene.SESSIONS;
import static io.magicproxy.server.quota.KeyScene.error;
import static io.magicproxy.server.quota.KeyScene.header;
import static io.magicproxy.server.quota.KeyScene.master;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.server.quota.KeyScene.TestKey;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Sessions and agents of virtual keys. */
@TestInstance(Lifecycle.PER_CLASS)
class KeySessionsTest {
    /** Two calls. */
    private static final String ASKS =
            """
            export async function run(ctx) {
              await ctx.llm('one', {model: 'm'});
              return ctx.llm('two', {model: 'm'});
            }
            """;

    private static final String DELEGATES =
            "export async function run(ctx) { return JSON.stringify(await ctx.agent('agent', ctx.query)); }";

    private static final String MCP = "/mcp";
    private static final String BOTH = "application/json, text/event-stream";
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}";

    private KeyScene scene;
    private TestGateway gateway;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        scene = KeyScene.in(folder, Map.of("asks.js", ASKS, "delegates.js", DELEGATES), "");
        gateway = scene.gateway();
        // Patterns are loaded while the gateway serves already.
        Waiting.until(
                () -> gateway.get("/admin/react_patterns", master()).body().contains("delegates"));
    }

    @AfterAll
    void stop() {
        scene.close();
    }

    private HttpResponse<String> run(TestKey key, String alias, String more) throws Exception {
        return gateway.post(
                SESSIONS,
                "{\"model_alias\":\""
                        + alias
                        + "\",\"user_query\":\"hi\",\"stream\":false"
                        + more
                        + "}",
                key.auth());
    }

    @Test
    void an_agents_calls_are_charged_to_the_key_that_asked_it_nested_ones_too() throws Exception {
        TestKey key = scene.key("\"name\":\"asker\",\"aliases\":[\"agent\",\"boss\"]");

        HttpResponse<String> ran = run(key, "agent", "");
        assertThat(ran.statusCode()).as(ran.body()).isEqualTo(200);
        assertThat(scene.spent(key)).isEqualByComparingTo(CALL.multiply(BigDecimal.TWO));
        HttpResponse<String> chat = scene.chat(key, "boss");
        assertThat(chat.statusCode()).as(chat.body()).isEqualTo(200);
        assertThat(scene.spent(key)).isEqualByComparingTo(CALL.multiply(BigDecimal.valueOf(4)));
        assertThat(scene.stream(key, "agent").body()).contains("Hello there", "[DONE]");
        assertThat(scene.spent(key)).isEqualByComparingTo(CALL.multiply(BigDecimal.valueOf(6)));
    }

    @Test
    void an_agent_that_the_key_may_not_ask_is_asked_by_no_way() throws Exception {
        TestKey key = scene.key("\"name\":\"narrow\",\"aliases\":[\"m\",\"boss\"]");

        for (HttpResponse<String> refused :
                List.of(run(key, "agent", ""), scene.chat(key, "agent"), run(key, "nothing", ""))) {
            assertThat(refused.statusCode()).as(refused.body()).isIn(400, 403);
            assertThat(refused.body()).doesNotContain("session_id");
        }
        HttpResponse<String> mine = run(key, "boss", "");
        assertThat(mine.statusCode()).as("its models are its own matter").isEqualTo(200);
        HttpResponse<String> forked =
                gateway.post(
                        SESSIONS + "/" + header(mine, "x-magic-session") + "/fork",
                        "{\"from_step\":1,\"model_alias\":\"agent\",\"stream\":false}",
                        key.auth());
        assertThat(forked.statusCode()).as(forked.body()).isIn(400, 403);
    }

    @Test
    void two_keys_know_nothing_of_each_others_sessions() throws Exception {
        TestKey ann = scene.key("\"name\":\"session-ann\"");
        TestKey bob = scene.key("\"name\":\"session-bob\"");
        HttpResponse<String> ran = run(ann, "agent", ",\"session_id\":\"talk\"");
        assertThat(header(ran, "x-magic-session")).isEqualTo("talk");
        String path = SESSIONS + "/talk";

        assertThat(gateway.get(path, ann.auth()).statusCode()).isEqualTo(200);
        for (String stored : List.of("talk", ann.id() + "%2Ftalk")) {
            String foreign = SESSIONS + "/" + stored;
            assertThat(gateway.get(foreign, bob.auth()).statusCode()).isEqualTo(404);
            assertThat(gateway.get(foreign + "/events", bob.auth()).statusCode()).isEqualTo(404);
            for (String verb : List.of("cancel", "resume", "fork")) {
                assertThat(
                                gateway.post(
                                                foreign + "/" + verb,
                                                verb.equals("fork") ? "{\"from_step\":1}" : "{}",
                                                bob.auth())
                                        .statusCode())
                        .as(verb)
                        .isEqualTo(404);
            }
            assertThat(gateway.send("DELETE", foreign, "", bob.auth()).statusCode()).isEqualTo(404);
            assertThat(gateway.get(SESSIONS + "/events?ids=" + stored, bob.auth()).statusCode())
                    .isEqualTo(404);
        }
        assertThat(list(bob)).isEmpty();
        assertThat(list(ann).findValuesAsText("id")).contains("talk");
        assertThat(header(run(bob, "agent", ",\"session_id\":\"talk\""), "x-magic-session"))
                .as("a name of its own")
                .isEqualTo("talk");
        JsonNode all = Json.read(gateway.get(SESSIONS, master()).body()).path("data");
        assertThat(all.findValuesAsText("id")).contains(ann.id() + "/talk", bob.id() + "/talk");
        assertThat(gateway.send("DELETE", path, "", ann.auth()).statusCode()).isEqualTo(200);
        assertThat(gateway.get(path, bob.auth()).statusCode()).isEqualTo(200);
    }

    private JsonNode list(TestKey key) throws Exception {
        return Json.read(gateway.get(SESSIONS, key.auth()).body()).path("data");
    }

    @Test
    void a_budget_that_is_spent_midway_ends_the_run() throws Exception {
        TestKey key = scene.key("\"name\":\"short\",\"limits\":{\"budget_per_day\":0.1}");

        HttpResponse<String> ended = run(key, "agent", "");

        assertThat(ended.statusCode()).as(ended.body()).isEqualTo(429);
        assertThat(error(ended).path("code").asText()).isEqualTo("insufficient_quota");
        assertThat(header(ended, "x-should-retry")).isEqualTo("false");
        assertThat(scene.spent(key)).isEqualByComparingTo(CALL);
        HttpResponse<String> refused = run(key, "agent", "");
        assertThat(error(refused).path("message").asText())
                .isEqualTo("the key \"short\" may use 0.1 US dollars a day, which are spent");
    }

    @Test
    void the_request_for_a_run_counts_and_each_call_of_it() throws Exception {
        TestKey key = scene.key("\"name\":\"three\",\"limits\":{\"requests_per_minute\":3}");

        HttpResponse<String> ran = run(key, "agent", "");

        assertThat(ran.statusCode()).as(ran.body()).isEqualTo(200);
        assertThat(header(ran, "x-ratelimit-remaining-requests")).isEqualTo("2");
        HttpResponse<String> refused = run(key, "agent", "");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(error(refused).path("code").asText()).isEqualTo("rate_limit_exceeded");
    }

    @Test
    void an_mcp_session_is_its_keys_own() throws Exception {
        TestKey ann = scene.key("\"name\":\"mcp-ann\"");
        TestKey bob = scene.key("\"name\":\"mcp-bob\"");
        String[] auth = {"Authorization", "Bearer " + ann.secret(), "Accept", BOTH};
        HttpResponse<String> opened = gateway.post(MCP, INITIALIZE, auth);
        assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
        String session = header(opened, "mcp-session-id");
        assertThat(
                        mcp(
                                        ann,
                                        session,
                                        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}")
                                .statusCode())
                .isEqualTo(202);
        String ping = "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"ping\"}";

        assertThat(mcp(ann, session, ping.formatted(1)).statusCode()).isEqualTo(200);
        assertThat(mcp(bob, session, ping.formatted(2)).statusCode()).isEqualTo(404);
        assertThat(
                        gateway.send(
                                        "DELETE",
                                        MCP,
                                        "",
                                        "Authorization",
                                        "Bearer " + bob.secret(),
                                        "Mcp-Session-Id",
                                        session)
                                .statusCode())
                .isEqualTo(404);
        assertThat(mcp(ann, session, ping.formatted(3)).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> mcp(TestKey key, String session, String message) throws Exception {
        return gateway.post(
                MCP,
                message,
                "Authorization",
                "Bearer " + key.secret(),
                "Accept",
                BOTH,
                "Mcp-Session-Id",
                session);
    }
}
