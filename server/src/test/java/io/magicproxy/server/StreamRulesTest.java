package io.magicproxy.server;

import static io.magicproxy.server.TestGateway.chat;
import static io.magicproxy.server.TestGateway.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every stream, as it comes or character by character, over real HTTP. */
@Timeout(60)
class StreamRulesTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ROLE =
            "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}";
    private static final String STOP =
            "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    private static final String USAGE =
            "{\"id\":\"1\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2,\"x\":1.50}}";
    private static final String CALL =
            "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}}]}";
    private static final String ARGUMENTS_AT_THE_END =
            "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\": 1.0}\"}}]},\"finish_reason\":\"tool_calls\"}],\"x_last\":true}";

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();

    @AfterEach
    void stop() {
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "proxy"})
    void all_that_a_stream_holds_arrives_in_its_order(String mode) throws Exception {
        String text = "An answer of which all comes at once: 👩‍💻 ".repeat(20);
        String thought =
                "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"hm, hm\"}}]}";
        upstream.enqueue(
                Reply.sse(
                        ROLE, thought, content(text), CALL, ARGUMENTS_AT_THE_END, USAGE, "[DONE]"));
        try (TestGateway gateway = gateway(mode, "heartbeat: 0")) {
            HttpResponse<String> response =
                    gateway.post(
                            CHAT,
                            chat(
                                    "gpt",
                                    ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));

            assertThat(response.headers().firstValue("x-magic-model")).contains("gpt");
            List<String> data = data(response.body());
            List<JsonNode> chunks = chunks(data);
            assertThat(all(chunks, "content")).isEqualTo(text);
            assertThat(all(chunks, "reasoning_content")).isEqualTo("hm, hm");
            int size = data.size();
            assertThat(data.getFirst()).isEqualTo(ROLE);
            assertThat(data.subList(size - 4, size))
                    .containsExactly(CALL, ARGUMENTS_AT_THE_END, USAGE, "[DONE]");
            if (mode.equals("proxy")) {
                assertThat(size).isGreaterThan(50);
            } else {
                assertThat(size).isEqualTo(7);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "proxy"})
    void usage_that_only_we_asked_for_is_not_passed_on(String mode) throws Exception {
        upstream.enqueue(Reply.sse(ROLE, content("Hi"), STOP, USAGE, "[DONE]"));
        try (TestGateway gateway = gateway(mode, "heartbeat: 0")) {
            String body = gateway.post(CHAT, streamed("gpt")).body();

            assertThat(upstream.requests().getFirst().text()).contains("\"include_usage\":true");
            assertThat(body).doesNotContain("prompt_tokens").endsWith("data: [DONE]\n\n");
            assertThat(gateway.get("/metrics").body()).contains("magic_proxy_tokens");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "proxy"})
    void a_stream_that_breaks_off_or_tells_an_error_ends_with_it_and_without_the_end_mark(
            String mode) throws Exception {
        String half = content("half an ans");
        upstream.enqueue(
                Reply.sse(ROLE, half),
                Reply.sse(ROLE, half).resetAfter(2),
                Reply.sse(
                        ROLE,
                        half,
                        "{\"error\":{\"message\":\"overloaded\",\"code\":503}}",
                        "[DONE]"));
        try (TestGateway gateway = gateway(mode, "heartbeat: 0")) {
            for (int i = 0; i < 3; i++) {
                List<String> data = data(gateway.post(CHAT, streamed("gpt")).body());

                assertThat(all(chunks(data), "content")).isEqualTo("half an ans");
                assertThat(Json.read(data.getLast()).at("/error/type").asText())
                        .isEqualTo("api_error");
                assertThat(data).doesNotContain("[DONE]");
            }
            assertThat(upstream.requests()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "proxy"})
    void a_stream_that_is_finished_needs_no_end_mark(String mode) throws Exception {
        upstream.enqueue(Reply.sse(ROLE, content("Hi"), STOP));
        try (TestGateway gateway = gateway(mode, "heartbeat: 0")) {
            assertThat(data(gateway.post(CHAT, streamed("gpt")).body())).endsWith(STOP, "[DONE]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "proxy"})
    void a_client_that_leaves_cancels_the_upstream(String mode) throws Exception {
        upstream.enqueue(Reply.sse(ROLE, content("a word")).hangAfter(2));
        try (TestGateway gateway = gateway(mode, "heartbeat: 0")) {
            HttpResponse<java.io.InputStream> response =
                    gateway.client()
                            .send(
                                    gateway.request(CHAT, streamed("gpt")),
                                    BodyHandlers.ofInputStream());
            ReceivedRequest call = upstream.awaitRequest(Duration.ofSeconds(10));
            assertThat(response.body().read()).isEqualTo('d');
            response.body().close();
            assertThat(call.closed()).succeedsWithin(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "proxy"})
    void heartbeats_come_in_the_silences_of_a_stream_as_comments(String mode) throws Exception {
        upstream.enqueue(
                Reply.sse(ROLE, content("Hi"), STOP, "[DONE]").every(Duration.ofMillis(600)));
        try (TestGateway gateway = gateway(mode, "heartbeat: 100ms, first_heartbeat: 0")) {
            HttpResponse<String> response = gateway.post(CHAT, streamed("gpt"));

            assertThat(response.headers().firstValue("x-magic-model")).contains("gpt");
            List<String> lines = response.body().lines().toList();
            assertThat(lines.getFirst()).as("none before it begins").startsWith("data: ");
            assertThat(lines).contains(": ");
            assertThat(lines)
                    .allMatch(line ->
                            line.isEmpty() || line.startsWith(":") || line.startsWith("data: "));
            assertThat(all(chunks(data(response.body())), "content")).isEqualTo("Hi");
        }
    }

    @Test
    void a_stream_that_is_silent_before_its_first_output_begins_with_heartbeats() throws Exception {
        upstream.enqueue(
                Reply.sse(ROLE, content("Hi"), STOP, "[DONE]").every(Duration.ofMillis(600)));
        try (TestGateway gateway = gateway("client", "heartbeat: 100ms")) {
            HttpResponse<String> response = gateway.post(CHAT, streamed("gpt"));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type").orElseThrow())
                    .startsWith("text/event-stream");
            assertThat(response.headers().firstValue("x-request-id")).isPresent();
            assertThat(response.body()).startsWith(": \n\n").endsWith("data: [DONE]\n\n");
            assertThat(data(response.body()).getFirst()).isEqualTo(ROLE);
        }
    }

    @Test
    void a_failure_after_a_heartbeat_is_an_event_and_before_it_a_status() throws Exception {
        Reply refusal = Reply.json(400, "{\"error\":{\"message\":\"no such parameter\"}}");
        upstream.enqueue(refusal.after(Duration.ofMillis(900)), refusal);
        try (TestGateway gateway = gateway("client", "heartbeat: 100ms")) {
            HttpResponse<String> late = gateway.post(CHAT, streamed("gpt"));
            assertThat(late.statusCode()).isEqualTo(200);
            assertThat(late.body()).startsWith(": \n\n").doesNotContain("[DONE]");
            assertThat(data(late.body())).hasSize(1);
            assertThat(data(late.body()).getFirst())
                    .startsWith("{\"error\":{")
                    .contains("no such parameter");

            assertThat(gateway.post(CHAT, streamed("gpt")).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void without_heartbeats_a_silence_is_a_silence() throws Exception {
        upstream.enqueue(
                Reply.sse(ROLE, content("Hi"), STOP, "[DONE]").every(Duration.ofMillis(500)));
        try (TestGateway gateway = gateway("client", "heartbeat: 0, first_heartbeat: 100ms")) {
            assertThat(gateway.post(CHAT, streamed("gpt")).body().lines())
                    .allMatch(line -> line.isEmpty() || line.startsWith("data: "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "proxy"})
    void text_is_sent_when_it_comes_and_not_at_the_end(String mode) throws Exception {
        upstream.enqueue(Reply.sse(ROLE, content("Hi "), content("you ")).hangAfter(3));
        try (TestGateway gateway = gateway(mode, "heartbeat: 0")) {
            HttpResponse<java.io.InputStream> response =
                    gateway.client()
                            .send(
                                    gateway.request(CHAT, streamed("gpt")),
                                    BodyHandlers.ofInputStream());
            var text = new StringBuilder();
            try (var lines =
                    new BufferedReader(
                            new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                while (!text.toString().equals("Hi you ")) {
                    String line = lines.readLine();
                    if (line.startsWith("data: ")) {
                        text.append(all(chunks(List.of(line.substring(6))), "content"));
                    }
                }
            }
        }
    }

    private static String content(String text) {
        return "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                + text
                + "\"}}]}";
    }

    /** The data of the events of a body. */
    private static List<String> data(String body) {
        return body.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
    }

    private static List<JsonNode> chunks(List<String> data) throws Exception {
        List<JsonNode> chunks = new ArrayList<>();
        for (String json : data) {
            if (!json.equals("[DONE]")) {
                chunks.add(Json.read(json));
            }
        }
        return chunks;
    }

    private static String all(List<JsonNode> chunks, String field) {
        var text = new StringBuilder();
        chunks.forEach(c -> text.append(c.at("/choices/0/delta/" + field).asText("")));
        return text.toString();
    }

    private TestGateway gateway(String mode, String streaming) throws Exception {
        return TestGateway.in(folder)
                .config(
                        """
                        model_list:
                          - {model_name: gpt, provider: openai, model_params: {model: m, api_base: '%s/v1', api_key: sk-0123456789abcdef}}
                        router_settings: {num_retries: 0, allowed_fails: 99}
                        streaming_settings: {typewriter_mode: %s, typewriter_delay_ms: 2, %s}
                        """
                                .formatted(upstream.url(), mode, streaming))
                .start();
    }
}
