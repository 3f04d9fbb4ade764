package io.magicproxy.server;

import static io.magicproxy.server.TestGateway.chat;
import static io.magicproxy.server.TestGateway.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /admin/simulator/faults}: drills without an edit of the configuration. */
class SimulatorFaultsTest {
    private static final String FAULTS = "/admin/simulator/faults";
    private static final String CHAT = "/v1/chat/completions";
    private static final String CONFIG =
            """
            model_list:
              - {model_name: sim-a, provider: simulator, model_params: {model: a, faults: {tokens_per_second: 100000}}}
              - {model_name: sim-b, provider: simulator, model_params: {model: b, faults: {tokens_per_second: 100000}}}
              - {model_name: real, provider: openai, model_params: {model: gpt-5.1}}
            router_settings:
              num_retries: 0
              model_group_alias: {main: [sim-a, sim-b]}
            """;

    @TempDir private Path folder;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.in(folder).config(CONFIG).start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void a_profile_fails_while_its_fault_is_set_and_its_alias_goes_on() throws Exception {
        HttpResponse<String> set =
                put(
                        "{\"profile\":\"sim-a\",\"faults\":{\"failure\":\"429\",\"retry_after\":\"7s\"}}");
        assertThat(set.statusCode()).isEqualTo(200);
        assertThat(set.body())
                .isEqualTo(
                        "{\"profiles\":[\"sim-a\",\"sim-b\"],"
                                + "\"faults\":{\"sim-a\":[{\"failure\":\"429\",\"retry_after\":\"7000ms\"}]}}");

        HttpResponse<String> limited = gateway.post(CHAT, chat("sim-a", ""));
        assertThat(limited.statusCode()).isEqualTo(429);
        assertThat(limited.headers().firstValue("retry-after")).contains("7");
        assertThat(model(gateway.post(CHAT, chat("main", "")))).isEqualTo("simulator/b");

        assertThat(delete("?profile=sim-a").statusCode()).isEqualTo(200);
        assertThat(gateway.json(FAULTS).path("faults")).isEmpty();
        assertThat(model(gateway.post(CHAT, chat("sim-a", "")))).isEqualTo("simulator/a");
    }

    @Test
    void a_fault_for_all_outlives_a_reload_and_cuts_streams() throws Exception {
        put("{\"faults\":[{\"cut_after_tokens\":2,\"every\":2},{\"tokens_per_second\":100000}]}");
        gateway.server().gateway().reload();

        String whole = gateway.post(CHAT, streamed("sim-b")).body();
        String cut = gateway.post(CHAT, streamed("sim-b")).body();

        assertThat(whole).contains("[DONE]").doesNotContain("\"error\"");
        assertThat(cut).contains("[simulator]").contains("cut off (simulated)");
        assertThat(cut).doesNotContain("deterministic");
        assertThat(delete("").statusCode()).isEqualTo(200);
        for (int i = 0; i < 2; i++) {
            assertThat(gateway.post(CHAT, streamed("sim-b")).body()).contains("[DONE]");
        }
    }

    @Test
    void what_is_wrong_is_said_and_changes_nothing() throws Exception {
        assertError(
                put("{\"profile\":\"sim-a\",\"faults\":{\"failure\":\"492\",\"every\":0}}"),
                400,
                "faults.failure: no failure \"492\"; there are 401, ");
        assertError(put("{\"faults\":{\"every\":0}}"), 400, "faults.every: must be at least 1");
        assertError(
                put("{\"profile\":\"sim-c\",\"faults\":[]}"),
                404,
                "there are *, sim-a, sim-b; did you mean \"sim-a\"?");
        assertError(put("{\"profile\":\"real\",\"faults\":[]}"), 404, "no profile \"real\"");
        assertError(put("{\"profil\":\"sim-a\",\"faults\":[]}"), 400, "did you mean \"profile\"?");
        assertError(put("{\"profile\":\"sim-a\"}"), 400, "faults must be an object");
        assertError(put("{\"profile\":7,\"faults\":[]}"), 400, "profile must be");
        assertError(delete("?profile=sim-a"), 404, "nothing is set");

        assertThat(gateway.json(FAULTS).path("faults")).isEmpty();
    }

    @Test
    void only_who_has_the_key_may_switch() throws Exception {
        gateway.close();
        gateway =
                TestGateway.in(folder)
                        .config(CONFIG + "security_settings: {master_key: sk-master-of-the-test}\n")
                        .start();

        assertThat(put("{\"faults\":[]}").statusCode()).isEqualTo(401);
        assertThat(delete("").statusCode()).isEqualTo(401);
        assertThat(gateway.get(FAULTS).statusCode()).isEqualTo(401);
        assertThat(
                        gateway.get(FAULTS, "Authorization", "Bearer sk-master-of-the-test")
                                .statusCode())
                .isEqualTo(200);
    }

    private static void assertError(HttpResponse<String> response, int status, String words)
            throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = Json.read(response.body()).path("error");
        assertThat(error.path("message").asText()).contains(words);
    }

    private static String model(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Json.read(response.body()).path("model").asText();
    }

    private HttpResponse<String> put(String json) throws Exception {
        return send(request("").PUT(BodyPublishers.ofString(json)));
    }

    private HttpResponse<String> delete(String query) throws Exception {
        return send(request(query).DELETE());
    }

    private HttpRequest.Builder request(String query) {
        return HttpRequest.newBuilder(gateway.uri(FAULTS + query))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return gateway.client().send(request.build(), BodyHandlers.ofString());
    }
}
