package io.magicproxy.server;

import static io.magicproxy.server.TestGateway.chat;
import static io.magicproxy.server.TestGateway.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration edited under a running gateway. */
class ReloadTest {
    private static final String[] CHUNKS = new String[22];

    static {
        for (int i = 0; i < 20; i++) {
            CHUNKS[i] = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"w" + i + " \"}}]}";
        }
        CHUNKS[20] = "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
        CHUNKS[21] = "[DONE]";
    }

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void two_hundred_streams_outlive_ten_saves_and_later_requests_find_the_new_configuration()
            throws Exception {
        upstream.always(request -> Reply.sse(CHUNKS).every(Duration.ofMillis(120)));
        try (TestGateway gateway = TestGateway.in(folder).config(yaml("gen0")).start()) {
            List<CompletableFuture<HttpResponse<String>>> streams = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                streams.add(
                        gateway.client()
                                .sendAsync(
                                        gateway.request("/v1/chat/completions", streamed("main")),
                                        BodyHandlers.ofString()));
            }
            await(() -> upstream.requests().size() == 200);
            for (int i = 1; i <= 10; i++) {
                Files.writeString(folder.resolve("proxy_config.yaml"), yaml("gen" + i));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
            }
            for (CompletableFuture<HttpResponse<String>> stream : streams) {
                assertThat(stream.get(60, TimeUnit.SECONDS).body())
                        .contains("w19 ")
                        .endsWith("data: [DONE]\n\n");
            }
            await(() -> served(gateway, "gen10"));
            upstream.enqueue(Reply.json(200, "{\"choices\":[]}"));
            gateway.post("/v1/chat/completions", chat("main", ""));
            assertThat(upstream.requests().getLast().text()).contains("\"gen10\"");
        }
    }

    @Test
    void a_broken_file_changes_nothing_and_is_explained() throws Exception {
        upstream.always(request -> Reply.json(200, "{\"choices\":[]}"));
        try (TestGateway gateway = TestGateway.in(folder).config(yaml("good")).start()) {
            String version = gateway.json("/admin/config/status").path("serving_version").asText();
            Files.writeString(
                    folder.resolve("proxy_config.yaml"),
                    yaml("bad").replace("[one]", "[oen]").replace("timeout: 30s", "timeout: soon"));
            await(() -> !status(gateway).path("applied").asBoolean());

            JsonNode status = status(gateway);
            assertThat(status.path("serving_version").asText()).isEqualTo(version);
            assertThat(status.path("problems").toString())
                    .contains(
                            "no profile \\\"oen\\\" in model_list; did you mean \\\"one\\\"?",
                            "router_settings.model_group_alias.main[0]")
                    .contains("router_settings.timeout", "must be a duration");
            assertThat(status.at("/problems/0/line").asInt()).isPositive();
            assertThat(gateway.post("/v1/chat/completions", chat("main", "")).statusCode())
                    .isEqualTo(200);
            assertThat(upstream.requests().getLast().text()).contains("\"good\"");

            Files.delete(folder.resolve("proxy_config.yaml"));
            await(() -> status(gateway).toString().contains("can't be read"));
            assertThat(gateway.post("/v1/chat/completions", chat("main", "")).statusCode())
                    .isEqualTo(200);

            Path other = folder.resolve(".proxy_config.yaml.swp");
            Files.writeString(other, yaml("renamed"));
            Files.move(other, folder.resolve("proxy_config.yaml"), StandardCopyOption.ATOMIC_MOVE);
            await(() -> served(gateway, "renamed"));
        }
    }

    @Test
    void keys_come_and_go_with_their_file() throws Exception {
        upstream.always(request -> Reply.json(200, "{\"choices\":[]}"));
        String yaml =
                yaml("m")
                        .replace(", api_key: sk-own-key-of-the-profile", "")
                        .replace("provider: openai", "provider: openai\n    key_pool: team");
        try (TestGateway gateway = TestGateway.in(folder).config(yaml).start()) {
            HttpResponse<String> without = gateway.post("/v1/chat/completions", chat("main", ""));
            assertThat(without.statusCode()).isEqualTo(503);
            assertThat(without.body()).contains("keys_pool_team.env", "TEAM_API_KEY");

            TestGateway.in(folder).keys("team", "# mine", "sk-first-key-of-the-team weight=2");
            await(() -> gateway.post("/v1/chat/completions", chat("main", "")).statusCode() == 200);
            assertThat(upstream.requests().getLast().header("authorization"))
                    .contains("Bearer sk-first-key-of-the-team");

            TestGateway.in(folder).keys("team", "sk-second-key-of-the-team");
            await(() -> {
                gateway.post("/v1/chat/completions", chat("main", ""));
                return upstream.requests()
                        .getLast()
                        .header("authorization")
                        .orElse("")
                        .contains("second");
            });
        }
    }

    private String yaml(String model) {
        return """
        model_list:
          - model_name: one
            provider: openai
            model_params: {model: %s, api_base: %s, api_key: sk-own-key-of-the-profile}
        router_settings:
          timeout: 30s
          model_group_alias: {main: [one]}
        """
                .formatted(model, upstream.url());
    }

    private static JsonNode status(TestGateway gateway) {
        try {
            return gateway.json("/admin/config/status");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static boolean served(TestGateway gateway, String model) {
        return gateway.server().gateway().current().profiles().getFirst().model().equals(model);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
