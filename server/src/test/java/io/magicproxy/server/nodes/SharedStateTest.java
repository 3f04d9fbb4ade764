package io.magicproxy.server.nodes;

import static io.magicproxy.server.TestGateway.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.testing.RealRedis;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways, each with its own data folder, and one Redis. */
class SharedStateTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String MASTER = "mk-the-master-key-of-the-test";
    private static final String[] AS_MASTER = {"Authorization", "Bearer " + MASTER};
    private static final String ANSWER =
            "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"x\"}}],"
                    + "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":10,\"total_tokens\":20}}";

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private RealRedis redis;
    private TestGateway one;
    private TestGateway other;

    @BeforeEach
    void start() throws Exception {
        upstream.always(_ -> Reply.json(200, ANSWER));
        redis = RealRedis.start(folder);
        one = gateway("one");
        other = gateway("other");
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
        redis.close();
        upstream.close();
    }

    @Test
    void a_limit_of_sixty_a_minute_holds_over_both() throws Exception {
        String key = key("a", "\"requests_per_minute\":60");
        Waiting.until(() -> ask(other, key) == 200);

        List<Callable<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            callers.add(() -> ask(one, key));
            callers.add(() -> ask(other, key));
        }
        int answered = 1;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> caller : threads.invokeAll(callers)) {
                answered += caller.get() == 200 ? 1 : 0;
            }
        }
        assertThat(answered).isEqualTo(60);
    }

    @Test
    void a_budget_that_is_spent_at_one_is_spent_at_the_other() throws Exception {
        String key = key("b", "\"budget_per_day\":0.3");
        assertThat(ask(one, key)).isEqualTo(200);
        Waiting.until(() -> ask(other, key) == 200);

        assertThat(ask(one, key)).isEqualTo(429);
        assertThat(ask(other, key)).isEqualTo(429);
    }

    @Test
    void a_key_that_is_retired_at_one_is_not_tried_by_the_other() throws Exception {
        String path = "";
        for (JsonNode pool : read(one, "/admin/keys").path("pools")) {
            if (pool.path("id").asText().equals("shared")) {
                path = "/admin/keys/shared/" + pool.at("/keys/0/fingerprint").asText();
            }
        }
        assertThat(one.post(path, "{\"action\":\"retire\"}", AS_MASTER).statusCode())
                .isEqualTo(200);
        Waiting.until(() -> asMaster(other).statusCode() == 503);
        int asked = upstream.requests().size();
        assertThat(asMaster(other).statusCode()).isEqualTo(503);
        assertThat(upstream.requests()).hasSize(asked);

        assertThat(other.post(path, "{\"action\":\"restore\"}", AS_MASTER).statusCode())
                .isEqualTo(200);
        Waiting.until(() -> asMaster(one).statusCode() == 200);
    }

    @Test
    void what_one_has_been_answered_the_other_remembers() throws Exception {
        assertThat(header(remembered(one), "x-magic-cache")).isEqualTo("miss");
        assertThat(header(remembered(other), "x-magic-cache")).isEqualTo("hit");
    }

    @Test
    void while_redis_is_away_each_goes_on_by_itself_and_tells_it_afterwards() throws Exception {
        String key = key("c", "\"budget_per_day\":0.3");
        Waiting.until(() -> ask(other, key) == 200);
        redis.kill();

        assertThat(ask(one, key)).isEqualTo(200);
        assertThat(read(one, "/health").at("/redis/up").asBoolean()).isFalse();

        redis.begin();
        Waiting.until(() -> read(one, "/health").at("/redis/up").asBoolean());
        Waiting.until(() -> read(other, "/health").at("/redis/up").asBoolean());
        // 0.2 before, and 0.2 that Redis was told of when it was back.
        Waiting.until(() -> ask(other, key) == 429);
        assertThat(ask(one, key)).isEqualTo(429);
    }

    private static HttpResponse<String> remembered(TestGateway gateway) throws Exception {
        return gateway.post(CHAT, chat("kept", ""), AS_MASTER);
    }

    private static HttpResponse<String> asMaster(TestGateway gateway) throws Exception {
        return gateway.post(CHAT, chat("pooled", ""), AS_MASTER);
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("none");
    }

    private static int ask(TestGateway gateway, String key) throws Exception {
        return gateway.post(CHAT, chat("m", ""), "Authorization", "Bearer " + key).statusCode();
    }

    private static JsonNode read(TestGateway gateway, String path) throws Exception {
        return Json.read(gateway.get(path, AS_MASTER).body());
    }

    private String key(String name, String limits) throws Exception {
        String json = "\"name\":\"" + name + "\",\"limits\":{" + limits + "}";
        HttpResponse<String> made = one.post("/admin/virtual_keys", "{" + json + "}", AS_MASTER);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return Json.read(made.body()).path("key").asText();
    }

    private TestGateway gateway(String name) throws Exception {
        Path home = Files.createDirectories(folder.resolve(name));
        return TestGateway.in(home)
                .keys("shared", "sk-upstream-0123456789")
                .config(
                        """
                        model_list:
                          - {model_name: m, provider: openai, model_params: {model: m, api_base: '%1$s/v1', api_key: k}, model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.01}}
                          - {model_name: kept, provider: openai, model_params: {model: m, api_base: '%1$s/v1', api_key: k}}
                          - {model_name: pooled, provider: openai, key_pool: shared, model_params: {model: m, api_base: '%1$s/v1'}}
                        cache_settings:
                          enabled: true
                          rules: [{model_names: [kept]}]
                        security_settings: {master_key: %2$s}
                        sandbox_settings: {isolation: in_process}
                        backend_settings:
                          redis: {urls: ["%3$s"]}
                        """
                                .formatted(upstream.url(), MASTER, redis.url()))
                .start();
    }
}
