package io.magicproxy.server.quota;

import static io.magicproxy.server.quota.KeyScene.CALL;
import static io.magicproxy.server.quota.KeyScene.CHAT;
import static io.magicproxy.server.quota.KeyScene.KEYS;
import static io.magicproxy.server.quota.KeyScene.TEAMS;
import static io.magicproxy.server.quota.KeyScene.delta;
import static io.magicproxy.server.quota.KeyScene.error;
import static io.magicproxy.server.quota.KeyScene.header;
import static io.magicproxy.server.quota.KeyScene.master;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.server.quota.KeyScene.TestKey;
import io.magicproxy.testing.Reply;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** How far a key reaches: by the minute, at a time, by the day. */
@TestInstance(Lifecycle.PER_CLASS)
class KeyLimitsTest {
    private KeyScene scene;
    private TestGateway gateway;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        scene = KeyScene.in(folder, Map.of(), "");
        gateway = scene.gateway();
    }

    @AfterEach
    void asBefore() {
        scene.upstream.always(KeyScene::answer);
    }

    @AfterAll
    void stop() {
        scene.close();
    }

    /** All at once; what each was answered. */
    private static List<HttpResponse<String>> together(
            int count, Callable<HttpResponse<String>> request) throws Exception {
        List<Callable<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(request);
        }
        List<HttpResponse<String>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<HttpResponse<String>> one : threads.invokeAll(all)) {
                answers.add(one.get());
            }
        }
        return answers;
    }

    private static long count(List<HttpResponse<String>> answers, int status) {
        return answers.stream().filter(answer -> answer.statusCode() == status).count();
    }

    @Test
    void sixty_a_minute_are_sixty_a_minute() throws Exception {
        TestKey key = scene.key("\"name\":\"sixty\",\"limits\":{\"requests_per_minute\":60}");

        List<HttpResponse<String>> answers = together(200, () -> scene.chat(key, "m"));

        assertThat(count(answers, 200)).isEqualTo(60);
        assertThat(count(answers, 429)).isEqualTo(140);
        HttpResponse<String> refused = scene.chat(key, "m");
        assertThat(error(refused).path("type").asText()).isEqualTo("rate_limit_error");
        assertThat(error(refused).path("code").asText()).isEqualTo("rate_limit_exceeded");
        assertThat(error(refused).path("message").asText())
                .isEqualTo("the key \"sixty\" may use 60 requests a minute; ask again later");
        assertThat(Integer.parseInt(header(refused, "retry-after"))).isBetween(1, 61);
        assertThat(header(refused, "x-ratelimit-remaining-requests")).isEqualTo("0");
        assertThat(header(refused, "x-should-retry")).isEmpty();
    }

    @Test
    void answers_tell_how_far_the_key_is_from_its_limits_not_what_the_provider_says()
            throws Exception {
        TestKey free = scene.key("\"name\":\"unlimited\"");
        TestKey key =
                scene.key(
                        "\"name\":\"told\",\"limits\":{\"requests_per_minute\":10,\"tokens_per_minute\":1000}");

        assertThat(header(scene.chat(free, "m"), "x-ratelimit-remaining-requests"))
                .isEqualTo("4999");
        HttpResponse<String> first = scene.chat(key, "m");
        assertThat(header(first, "x-ratelimit-limit-requests")).isEqualTo("10");
        assertThat(header(first, "x-ratelimit-remaining-requests")).isEqualTo("9");
        assertThat(header(first, "x-ratelimit-reset-requests")).matches("\\d+ms");
        assertThat(header(first, "x-ratelimit-limit-tokens")).isEqualTo("1000");
        HttpResponse<String> second = scene.stream(key, "m");
        assertThat(header(second, "x-ratelimit-remaining-requests")).isEqualTo("8");
        assertThat(Integer.parseInt(header(second, "x-ratelimit-remaining-tokens")))
                .as("20 of the first call, and an estimate of the second")
                .isBetween(1000 - 20 - 40, 1000 - 20 - 5);
    }

    @Test
    void tokens_are_estimated_before_a_call_and_counted_after_it() throws Exception {
        TestKey key = scene.key("\"name\":\"tokens\",\"limits\":{\"tokens_per_minute\":100}");

        for (int i = 0; i < 4; i++) {
            assertThat(scene.chat(key, "m").statusCode()).isEqualTo(200);
        }
        assertThat(scene.use(key).path("tokens_last_minute").asInt()).isEqualTo(80);
        HttpResponse<String> big =
                gateway.post(CHAT, TestGateway.chat("m", ",\"max_tokens\":30"), key.auth());
        assertThat(big.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(header(big, "retry-after"))).isBetween(1, 61);

        HttpResponse<String> never =
                gateway.post(CHAT, TestGateway.chat("m", ",\"max_tokens\":3000"), key.auth());
        assertThat(never.statusCode()).isEqualTo(429);
        assertThat(error(never).path("message").asText())
                .contains("this request alone may take 30");
        assertThat(header(never, "x-should-retry")).isEqualTo("false");
        assertThat(header(never, "retry-after")).isEmpty();
    }

    @Test
    void who_asks_one_after_the_other_never_meets_its_own_last_call() throws Exception {
        TestKey key = scene.key("\"name\":\"one-by-one\",\"limits\":{\"max_concurrent\":1}");

        for (int i = 0; i < 50; i++) {
            assertThat((i % 2 == 0 ? scene.chat(key, "m") : scene.stream(key, "m")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void no_more_calls_at_a_time_than_allowed_and_a_place_is_free_when_one_ends() throws Exception {
        TestKey key = scene.key("\"name\":\"two-at-a-time\",\"limits\":{\"max_concurrent\":2}");
        scene.upstream.always(_ -> Reply.sse(delta("\"content\":\"x\"", "")).hangAfter(1));
        HttpResponse<InputStream> one = open(key);
        HttpResponse<InputStream> two = open(key);

        HttpResponse<String> third = scene.chat(key, "m");
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(error(third).path("message").asText()).contains("2 calls at a time");
        assertThat(header(third, "retry-after")).isEqualTo("1");
        assertThat(scene.use(key).path("concurrent").asInt()).isEqualTo(2);

        one.body().close();
        Waiting.until(() -> scene.use(key).path("concurrent").asInt() == 1);
        asBefore();
        assertThat(scene.chat(key, "m").statusCode()).isEqualTo(200);
        two.body().close();
        Waiting.until(() -> scene.use(key).path("concurrent").asInt() == 0);
    }

    private HttpResponse<InputStream> open(TestKey key) throws Exception {
        HttpResponse<InputStream> response =
                gateway.client()
                        .send(
                                gateway.request(CHAT, TestGateway.streamed("m"), key.auth()),
                                BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body().read()).isPositive();
        return response;
    }

    @Test
    void a_thousand_at_once_dont_pass_a_budget_for_a_hundred() throws Exception {
        TestKey key = scene.key("\"name\":\"hundred\",\"limits\":{\"budget_per_day\":20}");
        // A request may take up to 0.26: no more of them are let in than that leaves room for.
        String body = TestGateway.chat("m", ",\"max_tokens\":10");

        List<HttpResponse<String>> answers =
                together(1_000, () -> gateway.post(CHAT, body, key.auth()));
        while (gateway.post(CHAT, body, key.auth()).statusCode() == 200) {
            // What the estimates held back is still there to be spent.
        }

        assertThat(count(answers, 200) + count(answers, 429)).isEqualTo(1_000);
        assertThat(count(answers, 200)).isGreaterThan(50);
        assertThat(scene.spent(key))
                .isBetween(new BigDecimal("20"), new BigDecimal("20").add(CALL));
        HttpResponse<String> refused = gateway.post(CHAT, body, key.auth());
        assertThat(error(refused).path("type").asText()).isEqualTo("insufficient_quota");
        assertThat(error(refused).path("code").asText()).isEqualTo("insufficient_quota");
        assertThat(error(refused).path("message").asText())
                .isEqualTo("the key \"hundred\" may use 20 US dollars a day, which are spent");
        assertThat(header(refused, "x-should-retry")).isEqualTo("false");
        assertThat(Integer.parseInt(header(refused, "retry-after"))).isBetween(1, 86_400);
    }

    @Test
    void a_budget_is_passed_by_those_under_way_at_most() throws Exception {
        TestKey key =
                scene.key(
                        "\"name\":\"crossing\",\"limits\":{\"budget_per_month\":1,\"max_concurrent\":8}");
        // Nothing says how long the answers will be: each costs more than its estimate.
        together(60, () -> scene.chat(key, "m"));
        while (scene.chat(key, "m").statusCode() == 200) {
            // Until it is spent.
        }

        assertThat(scene.use(key).path("spent_this_month").decimalValue())
                .isBetween(
                        BigDecimal.ONE, BigDecimal.ONE.add(CALL.multiply(BigDecimal.valueOf(8))));
    }

    @Test
    void a_team_shares_its_limits() throws Exception {
        gateway.post(
                TEAMS,
                "{\"name\":\"shared\",\"limits\":{\"requests_per_minute\":5,\"budget_per_day\":100}}",
                master());
        TestKey ann = scene.key("\"name\":\"ann\",\"team\":\"shared\"");
        TestKey bob =
                scene.key(
                        "\"name\":\"bob\",\"team\":\"shared\",\"limits\":{\"requests_per_minute\":2}");

        assertThat(header(scene.chat(bob, "m"), "x-ratelimit-remaining-requests")).isEqualTo("1");
        for (int i = 0; i < 3; i++) {
            assertThat(scene.chat(ann, "m").statusCode()).isEqualTo(200);
        }
        assertThat(header(scene.chat(bob, "m"), "x-ratelimit-remaining-requests")).isEqualTo("0");
        assertThat(error(scene.chat(ann, "m")).path("message").asText())
                .startsWith("the team \"shared\" may use 5 requests a minute");
        assertThat(error(scene.chat(bob, "m")).path("message").asText())
                .startsWith("the key \"bob\" may use 2 requests a minute");
        assertThat(scene.use(TEAMS + "/shared").path("spent_today").decimalValue())
                .isEqualByComparingTo(CALL.multiply(BigDecimal.valueOf(5)));
        assertThat(scene.spent(bob)).isEqualByComparingTo(CALL.multiply(BigDecimal.TWO));
    }

    @Test
    void streams_and_embeddings_are_charged_and_what_fails_is_not() throws Exception {
        TestKey key =
                scene.key(
                        "\"name\":\"charged\",\"limits\":{\"budget_per_day\":5,\"tokens_per_minute\":9999}");

        scene.stream(key, "m");
        assertThat(scene.spent(key)).isEqualByComparingTo("0.2");
        gateway.post("/v1/embeddings", "{\"model\":\"vectors\",\"input\":\"x\"}", key.auth());
        assertThat(scene.spent(key)).isEqualByComparingTo("0.3");
        scene.upstream.always(_ -> Reply.json(500, "{\"error\":{\"message\":\"boom\"}}"));
        assertThat(scene.chat(key, "m").statusCode()).isEqualTo(502);
        assertThat(scene.stream(key, "m").statusCode()).isEqualTo(502);
        JsonNode use = scene.use(key);
        assertThat(use.path("spent_today").decimalValue()).isEqualByComparingTo("0.3");
        assertThat(use.path("tokens_last_minute").asInt()).isEqualTo(30);
    }

    @Test
    void a_model_without_a_price_costs_nothing_that_is_known() throws Exception {
        TestKey key = scene.key("\"name\":\"unpriced\",\"limits\":{\"budget_per_day\":1}");

        assertThat(scene.chat(key, "other").statusCode()).isEqualTo(200);
        assertThat(scene.spent(key)).isZero();
    }

    @Test
    void a_stream_whose_client_leaves_is_charged_for_what_came() throws Exception {
        TestKey key = scene.key("\"name\":\"leaver\",\"limits\":{\"budget_per_day\":5}");
        String[] words = new String[100];
        Arrays.fill(words, delta("\"content\":\"word \"", ""));
        scene.upstream.always(_ -> Reply.sse(words).hangAfter(words.length));

        try (var lines = new BufferedReader(new InputStreamReader(open(key).body(), UTF_8))) {
            int heard = 0;
            while (heard < words.length) {
                heard += lines.readLine().contains("word ") ? 1 : 0;
            }
        }

        // A token a chunk, and less than 20 of the question; the estimate was the question alone.
        Waiting.until(() ->
                scene.spent(key).compareTo(new BigDecimal("1.0")) > 0
                        && scene.spent(key).compareTo(new BigDecimal("1.25")) < 0);
        Waiting.until(() -> scene.use(key).path("concurrent").asInt() == 0);
    }

    @Test
    void a_stream_of_a_key_that_is_revoked_meanwhile_ends_as_it_would_have() throws Exception {
        TestKey key = scene.key("\"name\":\"midway\",\"limits\":{\"budget_per_day\":5}");
        var goOn = new Semaphore(0);
        scene.upstream.always(request -> {
            goOn.acquireUninterruptibly();
            return KeyScene.answer(request);
        });
        try (var thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> stream = thread.submit(() -> scene.stream(key, "m"));
            Waiting.until(() -> scene.use(key).path("spent_today").decimalValue().signum() > 0);

            gateway.post(KEYS + "/" + key.id() + "/revoke", "{}", master());
            assertThat(scene.chat(key, "m").statusCode()).isEqualTo(401);
            goOn.release();

            assertThat(stream.get().body()).contains("Hello there", "[DONE]");
        }
        assertThat(scene.spent(key)).isEqualByComparingTo(CALL);
    }
}
