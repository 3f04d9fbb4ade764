package io.magicproxy.server.admin;

import static io.magicproxy.server.TestGateway.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stream of what changes, whoever changes it. */
class EventsApiTest {
    private static final String PLAN = "export const run = (ctx) => 'one';\n";

    @TempDir private Path folder;
    private ScriptedUpstream upstream;
    private String config;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        write("patterns/plan.js", PLAN);
        write("system_prompts/review.md", "Review.\n");
        upstream = ScriptedUpstream.start();
        config =
                """
                model_list:
                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                  - {model_name: up, provider: openai, key_pool: pool, model_params: {model: m, api_base: "%s/v1"}}
                router_settings: {allowed_fails: 1, num_retries: 0}
                sandbox_settings: {isolation: in_process}
                """
                        .formatted(upstream.url());
        gateway =
                TestGateway.in(folder)
                        .config(config)
                        .keys("pool", "sk-the-first-key-of-the-pool-0001")
                        .start();
        Waiting.until(() -> gateway.get("/admin/patterns/plan").statusCode() == 200);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void a_broken_configuration_and_a_mended_one_are_told() throws Exception {
        try (var reader = new EventReader(gateway)) {
            assertThat(reader.events().getFirst().path("kind").asText()).isEqualTo("hello");
            write("proxy_config.yaml", config.replace("sandbox_settings", "sandbox_setings"));
            JsonNode refused = reader.await("config.refused", "proxy_config.yaml");
            assertThat(refused.at("/problems/0/line").asInt()).isEqualTo(5);
            assertThat(refused.at("/problems/0/fix/text").asText()).isEqualTo("sandbox_settings");
            assertThat(refused.path("version").asText())
                    .isEqualTo(gateway.server().gateway().current().version());

            write("proxy_config.yaml", config + "# more\n");
            JsonNode reloaded = reader.await("config.reloaded", "proxy_config.yaml");
            assertThat(reloaded.path("version"))
                    .isEqualTo(gateway.json("/admin/config").path("version"));
        }
    }

    @Test
    void scripts_and_texts_are_told_as_they_come_break_and_go() throws Exception {
        try (var reader = new EventReader(gateway)) {
            write("patterns/plan.js", PLAN.replace("one", "two"));
            JsonNode loaded = reader.await("pattern.loaded", "plan");
            assertThat(loaded.path("version"))
                    .isEqualTo(gateway.json("/admin/patterns/plan").path("version"));

            write("patterns/plan.js", "export const run = (ctx) => {\n");
            JsonNode refused = reader.await("pattern.refused", "plan");
            assertThat(refused.path("version")).isEqualTo(loaded.path("version"));
            assertThat(refused.at("/problem/line").asInt()).isEqualTo(2);
            assertThat(refused.at("/problem/path").asText()).isEqualTo("plan.js");

            write(
                    "tools/double.js",
                    "/** Doubles. @param {number} n */\nexport const run = ({n}) => 2 * n;\n");
            reader.await("tool.loaded", "double");
            Files.delete(folder.resolve("tools/double.js"));
            assertThat(reader.await("tool.removed", "double").path("version").isNull()).isTrue();

            write("system_prompts/review.md", "Review well.\n");
            JsonNode changed = reader.await("prompt.changed", "review.md");
            assertThat(changed.path("path").asText()).isEqualTo("prompts/review.md");
            assertThat(changed.path("version"))
                    .isEqualTo(gateway.json("/admin/prompts").at("/prompts/0/version"));
            Files.delete(folder.resolve("system_prompts/review.md"));
            reader.await("prompt.removed", "review.md");
            write("manifests/style.md", "Be plain.\n");
            reader.await("manifest.changed", "style.md");
        }
    }

    @Test
    void keys_breakers_and_the_simulators_switches_are_told_without_a_whole_key() throws Exception {
        try (var reader = new EventReader(gateway)) {
            upstream.enqueue(Reply.json(401, "{\"error\":{\"message\":\"no\"}}"));
            gateway.post("/v1/chat/completions", chat("up", ""));
            JsonNode retired = reader.await("key.changed", "pool");
            assertThat(retired.at("/key/state").asText()).isEqualTo("retired");
            assertThat(retired.at("/key/by").asText()).isEqualTo("provider");

            write(
                    "keys_pool/keys_pool_pool.env",
                    "sk-the-first-key-of-the-pool-0001\nsk-the-second-key-of-the-pool-0002\n");
            assertThat(reader.await("key.added", "pool").at("/key/last_four").asText())
                    .isEqualTo("0002");
            upstream.enqueue(Reply.json(500, "{}"));
            gateway.post("/v1/chat/completions", chat("up", ""));
            assertThat(reader.await("breaker.changed", "up").path("state").asText())
                    .isEqualTo("open");

            gateway.send(
                    "PUT",
                    "/admin/simulator/faults",
                    "{\"profile\": \"sim\", \"faults\": {\"failure\": \"429\"}}");
            assertThat(reader.await("simulator.changed", "sim").at("/faults/0/failure").asText())
                    .isEqualTo("429");
            gateway.send("DELETE", "/admin/simulator/faults", "");
            reader.await(event ->
                    event.path("kind").asText().equals("simulator.changed")
                            && event.path("faults").isNull());
            write("keys_pool/keys_pool_pool.env", "sk-the-second-key-of-the-pool-0002\n");
            assertThat(reader.await("key.removed", "pool").at("/key/last_four").asText())
                    .isEqualTo("0001");
            assertThat(reader.events().toString()).doesNotContain("sk-the-");
        }
    }

    @Test
    void who_comes_back_gets_what_was_missed_in_order_and_once() throws Exception {
        String last;
        try (var reader = new EventReader(gateway)) {
            switchFaults("429");
            reader.await("simulator.changed", "sim");
            last = reader.lastId();
        }
        switchFaults("500");
        switchFaults("401");
        try (var reader = new EventReader(gateway, last)) {
            reader.await(event -> event.at("/faults/0/failure").asText().equals("401"));
            assertThat(reader.events())
                    .extracting(event -> event.at("/faults/0/failure").asText())
                    .containsExactly("", "500", "401");
            assertThat(reader.events().getFirst().path("id").asText()).isEqualTo(last);
        }
    }

    @Test
    void who_was_away_too_long_or_comes_from_another_process_is_told_to_begin_anew()
            throws Exception {
        String early;
        try (var reader = new EventReader(gateway)) {
            early = reader.lastId();
        }
        for (int i = 0; i < 1_001; i++) {
            gateway.server().gateway().simulator().set("sim", faults("429"));
        }
        for (String id : new String[] {early, "0badf00d-3", "nonsense", early + "9999"}) {
            try (var reader = new EventReader(gateway, id)) {
                JsonNode reset = reader.await("reset", "");
                switchFaults("500");
                reader.await("simulator.changed", "sim");
                assertThat(reader.events()).hasSize(3);
                try (var again = new EventReader(gateway, reset.path("id").asText())) {
                    again.await("simulator.changed", "sim");
                }
            }
        }
    }

    @Test
    void readers_are_counted_and_those_who_leave_make_room() throws Exception {
        List<EventReader> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                readers.add(new EventReader(gateway));
            }
            HttpResponse<String> refused = gateway.get("/admin/events");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("too_many_streams");
            assertThat(refused.headers().firstValue("retry-after")).isPresent();

            readers.removeLast().close();
            switchFaults("500");
            Waiting.until(() -> {
                var answer =
                        gateway.client()
                                .send(
                                        HttpRequest.newBuilder(gateway.uri("/admin/events"))
                                                .build(),
                                        BodyHandlers.ofInputStream());
                answer.body().close();
                return answer.statusCode() == 200;
            });
        } finally {
            for (EventReader reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    void a_gateway_that_stops_ends_its_streams() throws Exception {
        try (var reader = new EventReader(gateway)) {
            gateway.server().close();
            Waiting.until(reader::ended);
        }
    }

    private void switchFaults(String failure) throws Exception {
        gateway.send(
                "PUT",
                "/admin/simulator/faults",
                "{\"profile\": \"sim\", \"faults\": {\"failure\": \"" + failure + "\"}}");
    }

    private static JsonNode faults(String failure) throws Exception {
        return Json.read("{\"failure\": \"" + failure + "\"}");
    }

    private void write(String path, String text) throws Exception {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
