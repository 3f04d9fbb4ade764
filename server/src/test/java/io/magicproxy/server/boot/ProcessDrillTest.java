package io.magicproxy.server.boot;

import static io.magicproxy.server.TestGateway.chat;
import static io.magicproxy.server.TestGateway.streamed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.testing.ChildJvm;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are asked to end, or killed, while they work. */
class ProcessDrillTest {
    /** Where it serves, the page, what can run, and where keys go. */
    private static final int WELCOME_LINES = 4;

    private static final String CHAT = "/v1/chat/completions";

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() {
        client.shutdownNow();
        upstream.close();
    }

    @Test
    void a_gateway_told_to_stop_ends_its_streams_whole_takes_nothing_new_and_succeeds()
            throws Exception {
        String[] events = new String[62];
        for (int i = 0; i < 60; i++) {
            events[i] = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"w" + i + " \"}}]}";
        }
        events[60] = "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
        events[61] = "[DONE]";
        upstream.always(request -> Reply.sse(events).every(Duration.ofMillis(70)));
        try (Program gateway = gateway(upstream.url(), upstream.url());
                HttpClient idle = HttpClient.newHttpClient()) {
            int port = gateway.port();
            // Its connection stays open, and must not hold up the end.
            Program.send(idle, Program.get(port, "/health/liveness"));
            var stream =
                    client.send(
                            Program.post(port, CHAT, streamed("main")),
                            BodyHandlers.ofInputStream());
            try (var lines =
                    new BufferedReader(
                            new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).contains("w0 ");
                gateway.process().terminate();
                awaitRefusal(port);
                assertThat(gateway.process().isAlive()).isTrue();

                List<String> rest = lines.lines().filter(line -> !line.isEmpty()).toList();
                assertThat(rest).hasSize(61);
                assertThat(rest.get(58)).contains("w59 ");
                assertThat(rest.getLast()).isEqualTo("data: [DONE]");
            }
            assertThat(gateway.process().awaitExit(Duration.ofSeconds(20))).isZero();
        }
    }

    /** Whoever asks for it, the page above all, finds it on the same port. */
    @Test
    void a_gateway_asked_to_start_anew_ends_its_streams_reads_all_settings_and_serves_again()
            throws Exception {
        String[] events = new String[22];
        Arrays.fill(events, "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"w \"}}]}");
        events[20] = "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
        events[21] = "[DONE]";
        upstream.always(request -> Reply.sse(events).every(Duration.ofMillis(50)));
        try (Program gateway = gateway(upstream.url(), upstream.url())) {
            int port = gateway.port();
            Path config = folder.resolve("proxy_config.yaml");
            String text = Files.readString(config);
            Files.writeString(config, text + "no_such_key: 1\n");
            var refused = Program.send(client, Program.post(port, "/admin/restart", "{}"));
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("no_such_key");

            Path data = folder.resolve("other-data");
            Files.writeString(
                    config,
                    text.replace("settings: {drain", "settings: {data_dir: " + data + ", drain"));
            var stream =
                    client.send(
                            Program.post(port, CHAT, streamed("main")),
                            BodyHandlers.ofInputStream());
            assertThat(stream.body().read()).isEqualTo('d');
            var restarting = Program.send(client, Program.post(port, "/admin/restart", "{}"));
            assertThat(restarting.statusCode()).isEqualTo(202);
            assertThat(new String(stream.body().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("data: [DONE]\n\n");
            gateway.process().awaitOut(2 * WELCOME_LINES, Program.LONG);
            assertThat(
                            Program.send(client, Program.post(port, CHAT, streamed("main")))
                                    .statusCode())
                    .isEqualTo(200);
            assertThat(data.resolve("magic-proxy.db")).exists();

            gateway.process().terminate();
            assertThat(gateway.process().awaitExit(Program.LONG)).isZero();
        }
    }

    @Test
    void what_does_not_end_within_the_drain_time_is_given_up() throws Exception {
        upstream.always(request ->
                Reply.sse("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}")
                        .hangAfter(1));
        try (Program gateway = gateway(upstream.url(), upstream.url(), "1s")) {
            int port = gateway.port();
            var stream =
                    client.send(
                            Program.post(port, CHAT, streamed("main")),
                            BodyHandlers.ofInputStream());
            assertThat(stream.body().read()).isEqualTo('d');
            gateway.process().terminate();

            assertThat(gateway.process().awaitExit(Program.LONG)).isZero();
            upstream.awaitClosed(Program.LONG);
        }
    }

    private static void awaitRefusal(int port) throws IOException {
        long end = System.nanoTime() + Program.LONG.toNanos();
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
            } catch (ConnectException e) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        throw new AssertionError("new connections are still taken");
    }

    @Test
    void a_killed_gateway_finds_its_keys_states_again() throws Exception {
        upstream.enqueue(
                Reply.json(401, "{\"error\":{\"message\":\"Incorrect API key provided\"}}"),
                Reply.json(429, "{}", "Retry-After", "3000"),
                Reply.json(200, answer("good")));
        Files.createDirectory(folder.resolve("keys_pool"));
        Files.writeString(
                folder.resolve("keys_pool/keys_pool_first.env"),
                "sk-aaaaaaaaaaaaaaaa\nsk-bbbbbbbbbbbbbbbb\nsk-cccccccccccccccc\n");
        JsonNode before;
        try (Program gateway = gateway(upstream.url(), upstream.url())) {
            int port = gateway.port();
            var response = Program.send(client, Program.post(port, CHAT, chat("main", "")));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            before = keys(port);
            gateway.process().kill();
        }
        assertThat(before.toString())
                .contains("retired", "Incorrect API key", "quarantined", "until", "active");
        try (Program again = Program.start(folder, "--port", "0")) {
            assertThat(keys(again.port())).isEqualTo(before);
        }
    }

    private JsonNode keys(int port) throws Exception {
        String all = Program.send(client, Program.get(port, "/admin/keys")).body();
        return Json.read(all).at("/pools/0/keys");
    }

    @Test
    void no_caller_sees_an_upstream_killed_under_load_while_another_lives() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        upstream.always(request -> Reply.json(200, answer("second")));
        try (ChildJvm first =
                        ChildJvm.start(
                                UpstreamProcess.class, folder, Map.of(), answer("first"), "20");
                Program gateway =
                        gateway(first.awaitOut("http://", Program.LONG), upstream.url())) {
            int port = gateway.port();
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                calls.add(() -> {
                    if (answered.incrementAndGet() == 100) {
                        first.kill();
                    }
                    var response = Program.send(client, Program.post(port, CHAT, chat("main", "")));
                    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                    return response.body();
                });
            }
            List<String> bodies = all(calls);
            assertThat(bodies).containsOnly(answer("first"), answer("second"));
            assertThat(bodies).filteredOn(answer("first")::equals).hasSizeGreaterThan(50);
            assertThat(bodies).filteredOn(answer("second")::equals).hasSizeGreaterThan(150);
        }
    }

    private Program gateway(String first, String second) throws IOException {
        return gateway(first, second, "25s");
    }

    private Program gateway(String first, String second, String drain) throws IOException {
        Files.writeString(
                folder.resolve("proxy_config.yaml"),
                """
                model_list:
                  - model_name: primary
                    provider: openai
                    key_pool: first
                    model_params: {model: gpt-x, api_base: %s/v1}
                  - model_name: backup
                    provider: openai
                    model_params: {model: gpt-y, api_base: %s/v1, api_key: sk-second-upstream-key}
                router_settings:
                  timeout: 40s
                  model_group_alias: {main: [primary, backup]}
                backend_settings: {drain_seconds: %s}
                """
                        .formatted(first, second, drain));
        Path keys = folder.resolve("keys_pool");
        if (!Files.exists(keys)) {
            Files.createDirectory(keys);
            Files.writeString(keys.resolve("keys_pool_first.env"), "sk-cccccccccccccccc\n");
        }
        return Program.start(folder, "--port", "0");
    }

    private static String answer(String text) {
        return "{\"id\":\"1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\""
                + text
                + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}";
    }

    private static <T> List<T> all(List<Callable<T>> calls) throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(calls)) {
                results.add(future.get());
            }
            return results;
        }
    }
}
