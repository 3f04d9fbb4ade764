package io.magicproxy.server;

import static io.magicproxy.server.TestGateway.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.testing.ReceivedRequest;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that come back without a request's help. */
class KeyProbingTest {
    private static final String ANSWER =
            "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"good\"}}]}";
    private static final String REFUSED =
            "{\"error\":{\"message\":\"Incorrect API key provided\"}}";
    private static final String KEY = "sk-aaaaaaaaaaaaaaaa";
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private volatile boolean good;

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void a_revoked_key_that_is_good_again_comes_back_by_itself() throws Exception {
        upstream.always(request -> good ? ok(request) : Reply.json(401, REFUSED));
        try (TestGateway gateway = gateway("probe_every: 50ms")) {
            gateway.post("/v1/chat/completions", chat("m", ""));
            assertThat(state(gateway)).isEqualTo("retired");
            await(() -> probes().size() >= 2);
            assertThat(gateway.get("/metrics").body())
                    .containsPattern(
                            "key_probes_total\\{.*outcome=\"credential\",pool=\"mine\"} [1-9]")
                    .doesNotContain(KEY);

            good = true;
            await(() -> state(gateway).equals("active"));
            assertThat(gateway.post("/v1/chat/completions", chat("m", "")).body())
                    .isEqualTo(ANSWER);
            await(() -> gateway.get("/metrics").body().contains("outcome=\"ok\",pool=\"mine\""));
            assertThat(probes()).allMatch(r -> r.header("authorization").isPresent());
        }
    }

    @Test
    void a_key_that_has_rested_is_tried_before_a_request_comes() throws Exception {
        upstream.always(request -> good ? ok(request) : Reply.json(429, "{}", "Retry-After", "4"));
        try (TestGateway gateway = gateway("probe_every: 50ms")) {
            gateway.post("/v1/chat/completions", chat("m", ""));
            good = true;
            await(() -> state(gateway).equals("active"));
            assertThat(probes()).isNotEmpty();
        }
    }

    @Test
    void without_the_setting_nothing_is_tried_and_a_reload_brings_it() throws Exception {
        upstream.always(request -> good ? ok(request) : Reply.json(401, REFUSED));
        try (TestGateway gateway = gateway("retire_after: 1")) {
            gateway.post("/v1/chat/completions", chat("m", ""));
            good = true;
            Files.writeString(folder.resolve("proxy_config.yaml"), yaml("quarantine_seconds: 9"));
            gateway.server().gateway().reload();
            assertThat(state(gateway)).isEqualTo("retired");
            assertThat(probes()).isEmpty();

            Files.writeString(folder.resolve("proxy_config.yaml"), yaml("probe_every: 50ms"));
            gateway.server().gateway().reload();
            await(() -> state(gateway).equals("active"));
            assertThat(probes()).isNotEmpty();
        }
    }

    @Test
    void a_probe_that_hangs_holds_up_neither_requests_nor_the_stop() throws Exception {
        upstream.always(request ->
                isProbe(request)
                        ? Reply.hang()
                        : good ? ok(request) : Reply.json(429, "{}", "Retry-After", "4"));
        try (TestGateway gateway = gateway("probe_every: 50ms")) {
            gateway.post("/v1/chat/completions", chat("m", ""));
            await(() -> !probes().isEmpty());
            good = true;
            long start = System.nanoTime();
            assertThat(gateway.post("/v1/chat/completions", chat("m", "")).body())
                    .isEqualTo(ANSWER);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
        }
        upstream.awaitClosed(LONG);
    }

    private TestGateway gateway(String setting) throws Exception {
        return TestGateway.in(folder).config(yaml(setting)).keys("mine", KEY).start();
    }

    private String yaml(String setting) {
        return """
        model_list:
          - model_name: m
            provider: openai
            model_params: {model: gpt, api_base: %s/v1}
            key_pool: mine
        router_settings: {timeout: 3s, num_retries: 0}
        key_management_settings: {%s}
        """
                .formatted(upstream.url(), setting);
    }

    private List<ReceivedRequest> probes() {
        return upstream.requests().stream().filter(KeyProbingTest::isProbe).toList();
    }

    private static boolean isProbe(ReceivedRequest request) {
        return request.path().equals("/v1/models");
    }

    private static Reply ok(ReceivedRequest request) {
        return Reply.json(200, isProbe(request) ? "{\"data\":[]}" : ANSWER);
    }

    private static String state(TestGateway gateway) throws Exception {
        JsonNode pools = gateway.json("/admin/keys").path("pools");
        return pools.path(0).path("keys").path(0).path("state").asText();
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("still not so").isLessThan(end);
            Thread.sleep(20);
        }
    }
}
