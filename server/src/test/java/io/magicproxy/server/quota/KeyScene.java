package io.magicproxy.server.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A gateway with a master key, before an upstream that counts 10 tokens in and 10 out for each
 * answer, at a cent a token: 0.20 US dollars a call.
 */
final class KeyScene implements AutoCloseable {
    static final String CHAT = "/v1/chat/completions";
    static final String SESSIONS = "/v1/react/sessions";
    static final String KEYS = "/admin/virtual_keys";
    static final String TEAMS = "/admin/teams";
    static final String MASTER = "mk-the-master-key-of-the-test";
    static final BigDecimal CALL = new BigDecimal("0.2");

    private static final String USAGE =
            "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":10,\"total_tokens\":20}";

    final ScriptedUpstream upstream;
    private final Path folder;
    private TestGateway gateway;

    private KeyScene(Path folder, ScriptedUpstream upstream, TestGateway gateway) {
        this.folder = folder;
        this.upstream = upstream;
        this.gateway = gateway;
    }

    /** A secret with its id. */
    record TestKey(String id, String secret) {
        String[] auth() {
            return new String[] {"Authorization", "Bearer " + secret};
        }
    }

    static KeyScene in(Path folder, Map<String, String> patterns, String moreSecurity)
            throws Exception {
        Path files = Files.createDirectories(folder.resolve("patterns"));
        for (var pattern : patterns.entrySet()) {
            Files.writeString(files.resolve(pattern.getKey()), pattern.getValue());
        }
        ScriptedUpstream upstream = ScriptedUpstream.start();
        upstream.always(KeyScene::answer);
        configure(folder, upstream, moreSecurity);
        return new KeyScene(folder, upstream, TestGateway.in(folder).start());
    }

    static KeyScene in(Path folder) throws Exception {
        return in(folder, Map.of(), "");
    }

    void configure(String moreSecurity) throws Exception {
        configure(folder, upstream, moreSecurity);
    }

    private static void configure(Path folder, ScriptedUpstream upstream, String moreSecurity)
            throws Exception {
        Files.writeString(
                folder.resolve("proxy_config.yaml"),
                """
                model_list:
                  - {model_name: m, provider: openai, model_params: {model: m, api_base: %1$s, api_key: k}, model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.01}}
                  - {model_name: other, provider: openai, model_params: {model: other, api_base: %1$s, api_key: k}}
                  - {model_name: vectors, provider: openai, model_params: {model: v, api_base: %1$s, api_key: k}, model_info: {mode: embedding, input_cost_per_token: 0.01}}
                  - {model_name: agent, provider: openai, model_params: {model: m, api_base: %1$s, api_key: k, agent_settings: {reasoning_mode: asks}}, model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.01}}
                  - {model_name: boss, provider: openai, model_params: {model: m, api_base: %1$s, api_key: k, agent_settings: {reasoning_mode: delegates}}, model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.01}}
                router_settings: {num_retries: 0, timeout: 30s, allowed_fails: 100000}
                key_management_settings: {enable_quarantine: false}
                sandbox_settings: {isolation: in_process}
                security_settings:
                  master_key: %2$s
                %3$s
                """
                        .formatted(upstream.url(), MASTER, moreSecurity.indent(2)));
    }

    static Reply answer(ReceivedRequest request) {
        String body = request.text();
        if (request.path().endsWith("/embeddings")) {
            return Reply.json(
                    200,
                    "{\"object\":\"list\",\"data\":[{\"embedding\":[0.5]}],\"usage\":{\"prompt_tokens\":10,\"total_tokens\":10}}");
        }
        if (body.contains("\"stream\":true")) {
            return Reply.sse(
                    delta("\"content\":\"Hello there\"", ""),
                    delta("", "\"stop\""),
                    "{\"choices\":[]," + USAGE + "}",
                    "[DONE]");
        }
        return Reply.json(
                200,
                "{\"id\":\"1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
                        + "\"message\":{\"role\":\"assistant\",\"content\":\"Hello there\"}}],"
                        + USAGE
                        + "}",
                "x-ratelimit-remaining-requests",
                "4999");
    }

    static String delta(String delta, String finish) {
        return "{\"choices\":[{\"index\":0,\"delta\":{"
                + delta
                + "},\"finish_reason\":"
                + (finish.isEmpty() ? "null" : finish)
                + "}]}";
    }

    TestGateway gateway() {
        return gateway;
    }

    static String[] master() {
        return new String[] {"Authorization", "Bearer " + MASTER};
    }

    /** Makes a key: its JSON without the braces. */
    TestKey key(String json) throws Exception {
        HttpResponse<String> made = gateway.post(KEYS, "{" + json + "}", master());
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        JsonNode key = Json.read(made.body());
        return new TestKey(key.path("id").asText(), key.path("key").asText());
    }

    HttpResponse<String> chat(TestKey key, String model) throws Exception {
        return gateway.post(CHAT, TestGateway.chat(model, ""), key.auth());
    }

    HttpResponse<String> stream(TestKey key, String model) throws Exception {
        return gateway.post(CHAT, TestGateway.streamed(model), key.auth());
    }

    JsonNode admin(String path) throws Exception {
        HttpResponse<String> answer = gateway.get(path, master());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.read(answer.body());
    }

    /** What a key or a team has used, by the path of it. */
    JsonNode use(String path) throws Exception {
        return admin(path).path("use");
    }

    JsonNode use(TestKey key) throws Exception {
        return use(KEYS + "/" + key.id());
    }

    BigDecimal spent(TestKey key) throws Exception {
        return use(key).path("spent_today").decimalValue();
    }

    static JsonNode error(HttpResponse<String> response) throws Exception {
        return Json.read(response.body()).path("error");
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    void restart() throws Exception {
        gateway.close();
        gateway = TestGateway.in(folder).start();
    }

    @Override
    public void close() {
        gateway.close();
        upstream.close();
    }
}
