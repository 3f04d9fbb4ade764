package io.magicproxy.server.admin;

import static io.magicproxy.server.TestGateway.chat;
import static io.magicproxy.server.TestGateway.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written down of use, and what it cost. */
class UsageApiTest {
    private static final String CHAT = "/v1/chat/completions";

    /** In US dollars per million: read, written, from the cache, to it. */
    private static final Map<String, String> PRICES =
            Map.of(
                    "openai",
                    "input_cost_per_token: 0.000002, output_cost_per_token: 0.00001, cache_read_input_token_cost: 0.0000005",
                    "google",
                    "input_cost_per_token: 0.000001, output_cost_per_token: 0.000004, cache_read_input_token_cost: 0.0000001",
                    "anthropic",
                    "input_cost_per_token: 0.000003, output_cost_per_token: 0.000015, cache_read_input_token_cost: 0.0000003, cache_creation_input_token_cost: 0.00000375");

    /**
     * An answer as a provider gave it.
     *
     * @param usd calculated by hand from its usage
     */
    private record Recorded(String name, String provider, String file, String usd) {
        boolean stream() {
            return file.endsWith(".sse");
        }

        boolean embedding() {
            return name.startsWith("embedding");
        }
    }

    private static final List<Recorded> TEN =
            List.of(
                    // 300 × 2 + 90 × 10 millionths
                    new Recorded("reasoning", "openai", "reasoning/openai.response.json", "0.0015"),
                    // 209 × 2 + 1800 × 0.5 + 9 × 10
                    new Recorded("cached", "openai", "cache_control/openai.stream.sse", "0.001408"),
                    // 804 × 2 + 6 × 10
                    new Recorded("vision", "openai", "vision/openai.response.json", "0.001668"),
                    // 2 × 2
                    new Recorded(
                            "embedding", "openai", "embeddings/openai.response.json", "0.000004"),
                    // 300 × 1 + (29 + 61) × 4
                    new Recorded(
                            "g-reasoning", "google", "reasoning/gemini.response.json", "0.00066"),
                    // 209 × 1 + 1800 × 0.1 + 9 × 4
                    new Recorded(
                            "g-cached", "google", "cache_control/gemini.stream.sse", "0.000425"),
                    // 804 × 1 + 6 × 4
                    new Recorded("g-vision", "google", "vision/gemini.stream.sse", "0.000828"),
                    // 82 × 1 + 128 × 0.1 + (31 + 64) × 4
                    new Recorded(
                            "g-thoughts",
                            "google",
                            "thought_signatures/gemini.stream.sse",
                            "0.0004748"),
                    // 21 × 3 + 1800 × 0.3 + 188 × 3.75 + 9 × 15
                    new Recorded(
                            "a-cached",
                            "anthropic",
                            "cache_control/anthropic.response.json",
                            "0.001443"),
                    // 300 × 3 + 90 × 15
                    new Recorded(
                            "a-reasoning",
                            "anthropic",
                            "reasoning/anthropic.stream.sse",
                            "0.00225"));

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void ten_recorded_answers_cost_what_a_hand_calculation_says() throws Exception {
        try (TestGateway gateway = gateway(TEN, "")) {
            Map<String, BigDecimal> expected = new TreeMap<>();
            for (Recorded one : TEN) {
                upstream.enqueue(recorded(one));
                HttpResponse<String> answer = asked(gateway, one);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                if (!one.stream()) {
                    assertThat(answer.headers().firstValue("x-magic-cost")).contains(one.usd());
                }
                expected.put(one.name(), new BigDecimal(one.usd()));
            }

            JsonNode usage = gateway.json("/admin/usage?group_by=profile");
            Map<String, BigDecimal> told = new TreeMap<>();
            usage.path("rows")
                    .forEach(row ->
                            told.put(
                                    row.path("profile").asText(),
                                    row.path("cost_usd").decimalValue()));
            assertThat(told).isEqualTo(expected);
            assertThat(usage.at("/total/cost_usd").decimalValue()).isEqualTo("0.0106608");
            assertThat(usage.at("/total/requests").asInt()).isEqualTo(10);
            assertThat(usage.at("/total/reasoning_tokens").asInt()).isEqualTo(61 * 3 + 64);
        }
    }

    @Test
    void usage_is_asked_for_by_what_one_likes_and_comes_as_a_table_too() throws Exception {
        try (TestGateway gateway = gateway(TEN, "")) {
            upstream.enqueue(recorded(TEN.get(0)), recorded(TEN.get(2)), Reply.json(400, "{}"));
            asked(gateway, TEN.get(0));
            asked(gateway, TEN.get(2));
            asked(gateway, TEN.get(2));

            JsonNode vision = gateway.json("/admin/usage?alias=vision&group_by=key,model,kind");
            assertThat(vision.path("rows")).hasSize(2);
            assertThat(vision.at("/total/requests").asInt()).isEqualTo(2);
            assertThat(vision.at("/total/failed").asInt()).isEqualTo(1);
            assertThat(vision.at("/rows/1/key").asText()).isEqualTo("master");
            assertThat(vision.at("/rows/1/model").asText()).isEqualTo("m");

            HttpResponse<String> csv = gateway.get("/admin/usage?format=csv&group_by=alias");
            assertThat(csv.headers().firstValue("content-type").orElse("")).startsWith("text/csv");
            assertThat(csv.body().lines())
                    .containsExactly(
                            "alias,requests,failed,cached,prompt_tokens,completion_tokens,cache_read_tokens,"
                                    + "cache_write_tokens,reasoning_tokens,estimated,unpriced,cost_usd",
                            "reasoning,1,0,0,300,90,0,0,61,0,0,0.0015",
                            "vision,2,1,0,804,6,0,0,0,0,0,0.001668");

            assertThat(gateway.get("/admin/usage?aliass=x").body())
                    .contains("did you mean \\\"alias\\\"?");
            assertThat(gateway.get("/admin/usage?group_by=modle").body())
                    .contains("did you mean \\\"model\\\"?");
            assertThat(gateway.get("/admin/usage?from=yesterday").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void a_price_that_is_not_known_is_said_to_be_unknown() throws Exception {
        try (TestGateway gateway =
                gateway(
                        List.of(),
                        "{model_name: free, provider: openai, model_params: {model: m, api_base: '%s/v1', api_key: sk-0123456789abcdef}}")) {
            upstream.enqueue(recorded(TEN.get(0)));
            HttpResponse<String> answer = gateway.post(CHAT, chat("free", ""));

            assertThat(answer.headers().firstValue("x-magic-cost")).contains("unknown");
            JsonNode total = gateway.json("/admin/usage").path("total");
            assertThat(total.path("unpriced").asInt()).isEqualTo(1);
            assertThat(total.path("cost_usd").asInt()).isZero();
        }
    }

    @Test
    void a_stream_whose_client_leaves_is_counted_by_what_came() throws Exception {
        try (TestGateway gateway = gateway(TEN, "")) {
            String chunk = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"}}]}";
            upstream.always(_ -> Reply.sse(chunk, chunk, chunk).hangAfter(3));
            HttpResponse<InputStream> stream =
                    gateway.client()
                            .send(
                                    gateway.request(CHAT, streamed("cached")),
                                    BodyHandlers.ofInputStream());
            assertThat(stream.body().readNBytes(60)).hasSize(60);
            stream.body().close();

            Waiting.until(() -> gateway.json("/admin/usage").at("/total/requests").asInt() == 1);
            JsonNode total = gateway.json("/admin/usage").path("total");
            assertThat(total.path("estimated").asInt()).isEqualTo(1);
            assertThat(total.path("completion_tokens").asInt()).isBetween(1, 3);
            assertThat(total.path("cost_usd").asDouble()).isPositive();
        }
    }

    @Test
    void usage_outlives_the_gateway() throws Exception {
        try (TestGateway gateway = gateway(TEN, "")) {
            upstream.enqueue(recorded(TEN.getFirst()));
            asked(gateway, TEN.getFirst());
        }
        try (TestGateway gateway = gateway(TEN, "")) {
            assertThat(gateway.json("/admin/usage").at("/total/cost_usd").decimalValue())
                    .isEqualTo("0.0015");
        }
    }

    private static HttpResponse<String> asked(TestGateway gateway, Recorded one) throws Exception {
        if (one.embedding()) {
            return gateway.post(
                    "/v1/embeddings", "{\"model\":\"" + one.name() + "\",\"input\":\"a\"}");
        }
        return gateway.post(CHAT, one.stream() ? streamed(one.name()) : chat(one.name(), ""));
    }

    private static Reply recorded(Recorded one) throws IOException {
        try (InputStream in =
                UsageApiTest.class.getResourceAsStream("/golden/matrix/" + one.file())) {
            byte[] body = Objects.requireNonNull(in, one.file()).readAllBytes();
            String type = one.stream() ? "text/event-stream" : "application/json";
            return Reply.body(200, type, body);
        }
    }

    private TestGateway gateway(List<Recorded> models, String more) throws Exception {
        List<String> profiles = new ArrayList<>();
        for (Recorded one : models) {
            profiles.add(
                    "{model_name: %s, provider: %s, model_params: {model: m, api_base: '%s/v1', api_key: sk-0123456789abcdef}, model_info: {mode: %s, %s}}"
                            .formatted(
                                    one.name(),
                                    one.provider(),
                                    upstream.url(),
                                    one.embedding() ? "embedding" : "chat",
                                    PRICES.get(one.provider())));
        }
        if (!more.isEmpty()) {
            profiles.add(more.formatted(upstream.url()));
        }
        return TestGateway.in(folder)
                .config(
                        "model_list:\n"
                                + String.join(
                                        "", profiles.stream().map(p -> "  - " + p + "\n").toList()))
                .start();
    }
}
