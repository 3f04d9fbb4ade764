package io.magicproxy.server;

import static io.magicproxy.server.TestGateway.chat;
import static io.magicproxy.server.TestGateway.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a caller sees while keys and providers fail: nothing, as long as something can answer. */
class FailoverTest {
    private static final String ANSWER =
            "{\"id\":\"1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"good\"},"
                    + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}";
    private static final String ROLE =
            "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}";

    @TempDir private Path folder;
    private final ScriptedUpstream first = ScriptedUpstream.start();
    private final ScriptedUpstream second = ScriptedUpstream.start();

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    @Test
    void every_request_succeeds_while_a_key_is_revoked_and_another_is_limited() throws Exception {
        first.always(request ->
                switch (key(request)) {
                    case "sk-aaaaaaaaaaaaaaaa" ->
                            Reply.json(
                                    401,
                                    "{\"error\":{\"message\":\"Incorrect API key provided\"}}");
                    case "sk-bbbbbbbbbbbbbbbb" -> Reply.json(429, "{}", "Retry-After", "1");
                    default -> Reply.json(200, ANSWER);
                });
        second.always(request -> Reply.json(200, ANSWER));
        try (TestGateway gateway =
                gateway("sk-aaaaaaaaaaaaaaaa", "sk-bbbbbbbbbbbbbbbb", "sk-cccccccccccccccc")) {
            for (HttpResponse<String> response :
                    parallel(100, () -> gateway.post("/v1/chat/completions", chat("main", "")))) {
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).isEqualTo(ANSWER);
            }
            assertThat(states(gateway).toString()).contains("retired");
            long refused =
                    first.requests().stream()
                            .filter(r -> key(r).equals("sk-aaaaaaaaaaaaaaaa"))
                            .count();
            int before = first.requests().size();
            awaitProbe(gateway, before);
            assertThat(first.requests().stream().filter(r -> key(r).equals("sk-aaaaaaaaaaaaaaaa")))
                    .hasSize((int) refused);
            assertThat(gateway.get("/admin/keys").body())
                    .contains("Incorrect API key provided")
                    .doesNotContain("sk-aaaa");
        }
    }

    @Test
    void nobody_sees_an_error_when_the_first_upstream_dies_under_load() throws Exception {
        first.always(request -> Reply.json(200, ANSWER).after(Duration.ofMillis(5)));
        second.always(request -> Reply.json(200, ANSWER));
        try (TestGateway gateway = gateway("sk-cccccccccccccccc")) {
            List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int n = i;
                calls.add(() -> {
                    if (n == 60) {
                        first.close();
                    }
                    return gateway.post("/v1/chat/completions", chat("main", ""));
                });
            }
            assertThat(all(calls, 8))
                    .allSatisfy(response -> assertThat(response.statusCode()).isEqualTo(200));
        }
    }

    @Test
    void a_stream_that_fails_before_its_first_output_begins_anew_elsewhere_unseen()
            throws Exception {
        first.enqueue(
                Reply.sse(ROLE).cutAfter(1),
                Reply.sse(ROLE, "{\"error\":{\"message\":\"overloaded\",\"code\":503}}"),
                Reply.json(503, "{}"));
        second.enqueue(Reply.sse(ROLE, content("from the second"), finish(), "[DONE]"));
        try (TestGateway gateway = gateway("sk-cccccccccccccccc")) {
            HttpResponse<String> response = gateway.post("/v1/chat/completions", streamed("main"));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("x-magic-model")).contains("backup");
            assertThat(response.headers().firstValue("x-magic-attempts")).contains("4");
            assertThat(response.headers().firstValue("x-magic-fallbacks")).contains("1");
            assertThat(response.body())
                    .containsOnlyOnce("\"role\"")
                    .contains("from the second")
                    .endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void a_stream_that_fails_after_its_first_output_ends_with_a_typed_error_and_no_end_mark()
            throws Exception {
        first.enqueue(Reply.sse(ROLE, content("half an ans")).cutAfter(2));
        second.always(request -> Reply.json(200, ANSWER));
        try (TestGateway gateway = gateway("sk-cccccccccccccccc")) {
            String body = gateway.post("/v1/chat/completions", streamed("main")).body();

            assertThat(body)
                    .contains("half an ans")
                    .contains("data: {\"error\":{")
                    .doesNotContain("[DONE]");
            assertThat(second.requests()).isEmpty();
        }
    }

    @Test
    void a_first_token_that_is_late_goes_to_the_next_profile() throws Exception {
        first.always(request -> Reply.sse(ROLE, content("too late")).every(Duration.ofSeconds(30)));
        second.enqueue(Reply.sse(ROLE, content("in time"), finish(), "[DONE]"));
        try (TestGateway gateway = gateway("sk-cccccccccccccccc")) {
            assertThat(gateway.post("/v1/chat/completions", streamed("main")).body())
                    .contains("in time");
        }
    }

    @Test
    void
            a_caller_who_leaves_before_the_first_byte_or_in_mid_stream_cancels_the_upstream_within_a_second()
                    throws Exception {
        first.enqueue(Reply.hang(), Reply.hang(), Reply.sse(ROLE, content("a")).hangAfter(2));
        try (TestGateway gateway = gateway("sk-cccccccccccccccc")) {
            for (String body : List.of(chat("main", ""), streamed("main"), streamed("main"))) {
                var call =
                        gateway.client()
                                .sendAsync(
                                        gateway.request("/v1/chat/completions", body),
                                        BodyHandlers.ofInputStream());
                ReceivedRequest received = first.awaitRequest(Duration.ofSeconds(10));
                if (first.requests().size() == 3) {
                    call.get().body().read();
                    call.get().body().close();
                } else {
                    call.cancel(true);
                }
                assertThat(received.closed()).succeedsWithin(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void the_callers_own_fault_comes_back_at_once_with_the_providers_words() throws Exception {
        first.always(request ->
                Reply.json(
                        400,
                        "{\"error\":{\"message\":\"Unknown parameter: 'foo'\",\"type\":\"invalid_request_error\",\"param\":\"foo\",\"code\":\"unknown_parameter\"}}"));
        try (TestGateway gateway = gateway("sk-cccccccccccccccc")) {
            HttpResponse<String> response =
                    gateway.post("/v1/chat/completions", chat("main", ",\"foo\":1"));

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body())
                    .contains(
                            "Unknown parameter: 'foo'",
                            "\"param\":\"foo\"",
                            "\"code\":\"unknown_parameter\"");
            assertThat(first.requests()).hasSize(1);
            assertThat(second.requests()).isEmpty();
        }
    }

    @Test
    void a_limit_that_nobody_can_wait_for_is_told_with_its_time() throws Exception {
        first.always(request ->
                Reply.json(429, "{\"error\":{\"message\":\"slow down\"}}", "Retry-After", "3000"));
        second.always(request -> Reply.json(429, "{}", "Retry-After", "4000"));
        try (TestGateway gateway = gateway("sk-cccccccccccccccc")) {
            HttpResponse<String> limited = gateway.post("/v1/chat/completions", chat("main", ""));
            assertThat(limited.statusCode()).isEqualTo(429);
            assertThat(Integer.parseInt(limited.headers().firstValue("retry-after").orElseThrow()))
                    .isBetween(2900, 3000);

            HttpResponse<String> resting = gateway.post("/v1/chat/completions", chat("main", ""));
            assertThat(resting.statusCode()).isEqualTo(503);
            assertThat(resting.headers().firstValue("retry-after")).isPresent();
        }
    }

    @Test
    void the_states_of_keys_survive_a_restart() throws Exception {
        first.enqueue(
                Reply.json(401, "{}"),
                Reply.json(429, "{}", "Retry-After", "3000"),
                Reply.json(200, ANSWER));
        String before;
        try (TestGateway gateway =
                gateway("sk-aaaaaaaaaaaaaaaa", "sk-bbbbbbbbbbbbbbbb", "sk-cccccccccccccccc")) {
            assertThat(gateway.post("/v1/chat/completions", chat("main", "")).statusCode())
                    .isEqualTo(200);
            before = states(gateway).toString();
            assertThat(before).contains("retired", "quarantined", "active");
        }
        try (TestGateway gateway = TestGateway.in(folder).start()) {
            assertThat(states(gateway)).hasToString(before);
        }
    }

    private TestGateway gateway(String... keys) throws Exception {
        return TestGateway.in(folder)
                .config(
                        """
                        model_list:
                          - model_name: primary
                            provider: openai
                            key_pool: first
                            stream_timeout: 2s
                            model_params: {model: gpt-x, api_base: %s/v1}
                          - model_name: backup
                            provider: openai
                            model_params: {model: gpt-y, api_base: %s/v1, api_key: sk-second-upstream-key}
                        router_settings:
                          timeout: 40s
                          model_group_alias: {main: [primary, backup]}
                        """
                                .formatted(first.url(), second.url()))
                .keys("first", keys)
                .start();
    }

    private static String key(ReceivedRequest request) {
        return request.header("authorization").orElse("").replace("Bearer ", "");
    }

    private static List<String> states(TestGateway gateway) throws Exception {
        List<String> states = new ArrayList<>();
        for (JsonNode key : gateway.json("/admin/keys").at("/pools/0/keys")) {
            states.add(key.path("fingerprint").asText() + " " + key.path("state").asText());
        }
        return states;
    }

    /** The limited key is tried again after its time. */
    private void awaitProbe(TestGateway gateway, int from) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < end) {
            gateway.post("/v1/chat/completions", chat("main", ""));
            if (first.requests().stream()
                    .skip(from)
                    .anyMatch(r -> key(r).equals("sk-bbbbbbbbbbbbbbbb"))) {
                return;
            }
        }
        throw new AssertionError("the limited key was never tried again");
    }

    private static String content(String text) {
        return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}";
    }

    private static String finish() {
        return "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    }

    private static <T> List<T> parallel(int count, Callable<T> call) throws Exception {
        return all(Collections.nCopies(count, call), 32);
    }

    private static <T> List<T> all(List<Callable<T>> calls, int threads) throws Exception {
        try (var pool = Executors.newFixedThreadPool(threads)) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : pool.invokeAll(calls)) {
                results.add(future.get());
            }
            return results;
        }
    }
}
