package io.magicproxy.server;

import static io.magicproxy.server.TestGateway.chat;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.config.Environment;
import io.magicproxy.server.boot.GatewayServer;
import io.magicproxy.server.boot.NodeOptions;
import io.magicproxy.server.boot.StartFailedException;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway refuses, and how it says so. */
class SecurityTest {
    private static final String KEY = "mk-the-master-key-of-the-test";

    @TempDir private Path folder;

    @Test
    void every_path_but_the_listed_ones_needs_the_key() throws Exception {
        try (TestGateway gateway = guarded("")) {
            for (String path :
                    new String[] {
                        "/v1/models",
                        "/v1",
                        "/health",
                        "/metrics",
                        "/admin",
                        "/admin/keys",
                        "/admin/config/status",
                        "/admin/nothing",
                        "/tools",
                        "/mcp",
                        "/health/liveness/../../v1/models"
                    }) {
                assertThat(gateway.get(path).statusCode()).as(path).isEqualTo(401);
                assertThat(gateway.get(path, "Authorization", "Bearer " + KEY + "x").statusCode())
                        .isEqualTo(401);
                // 406: MCP wants to hear what its caller accepts.
                assertThat(gateway.get(path, "Authorization", "Bearer " + KEY).statusCode())
                        .isIn(200, 404, 406);
                assertThat(gateway.get(path, "x-api-key", KEY).statusCode()).isIn(200, 404, 406);
            }
            assertThat(gateway.get("/health/liveness").statusCode()).isEqualTo(200);
            assertThat(gateway.get("/health/readiness").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_foreign_host_or_origin_is_refused_and_a_listed_one_is_not() throws Exception {
        try (TestGateway gateway =
                open(
                        "allowed_hosts: [llm.example.org], cors_allowed_origins: ['https://app.example.org']")) {
            assertThat(
                            raw(
                                    gateway,
                                    "GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 421 ");
            assertThat(
                            raw(
                                    gateway,
                                    "GET /v1/models HTTP/1.1\r\nHost: LLM.example.org:99\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            String body = chat("sim", "");
            assertThat(
                            gateway.post(
                                            "/v1/chat/completions",
                                            body,
                                            "Origin",
                                            "https://evil.example")
                                    .statusCode())
                    .isEqualTo(403);
            assertThat(
                            gateway.post(
                                            "/v1/chat/completions",
                                            body,
                                            "Sec-Fetch-Site",
                                            "cross-site")
                                    .statusCode())
                    .isEqualTo(403);
            assertThat(
                            gateway.post(
                                            "/v1/chat/completions",
                                            body,
                                            "Sec-Fetch-Site",
                                            "same-origin")
                                    .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> allowed =
                    gateway.post("/v1/chat/completions", body, "Origin", "https://app.example.org");
            assertThat(allowed.statusCode()).isEqualTo(200);
            assertThat(allowed.headers().firstValue("access-control-allow-origin"))
                    .contains("https://app.example.org");
            assertThat(
                            raw(
                                    gateway,
                                    "OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example.org\r\nAccess-Control-Request-Headers: authorization\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 204 ")
                    .containsIgnoringCase("access-control-allow-headers: authorization");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"model\":",
                "{\"model\":\"sim\"}",
                "{\"model\":7,\"messages\":[]}",
                "{\"model\":\"sim\",\"messages\":[],\"stream\":1}",
                "{\"model\":\"sim\",\"messages\":[{\"role\":\"x\"}]}",
                "{\"model\":\"sim\",\"model\":\"sim\",\"messages\":[]}"
            })
    void a_malformed_request_is_the_callers_fault_and_says_where(String body) throws Exception {
        try (TestGateway gateway = open("")) {
            HttpResponse<String> response = gateway.post("/v1/chat/completions", body);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body())
                    .startsWith("{\"error\":{\"message\":\"")
                    .contains("invalid_request")
                    .doesNotContain("Exception", "\\tat ");
        }
    }

    @Test
    void bodies_are_bounded_in_size_depth_type_and_time() throws Exception {
        try (TestGateway gateway =
                open("max_body: 64KiB, max_json_depth: 32, request_read_timeout: 1s")) {
            assertThat(
                            gateway.post(
                                            "/v1/chat/completions",
                                            chat("sim", ",\"x\":\"" + "y".repeat(70_000) + "\""))
                                    .statusCode())
                    .isEqualTo(413);
            String chunk = "8000\r\n" + "z".repeat(0x8000) + "\r\n";
            assertThat(
                            raw(
                                    gateway,
                                    post("Transfer-Encoding: chunked")
                                            + chunk
                                            + chunk
                                            + chunk
                                            + "0\r\n\r\n"))
                    .startsWith("HTTP/1.1 413 ");
            assertThat(
                            gateway.post(
                                            "/v1/chat/completions",
                                            chat(
                                                    "sim",
                                                    ",\"x\":" + "[".repeat(500) + "]".repeat(500)))
                                    .statusCode())
                    .isEqualTo(400);
            assertThat(
                            raw(
                                    gateway,
                                    "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"))
                    .startsWith("HTTP/1.1 415 ");
            long start = System.nanoTime();
            assertThat(raw(gateway, post("Content-Length: 100") + "{\"model\""))
                    .doesNotContain(" 200 ");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    void a_smuggled_request_gets_no_answer_of_its_own() throws Exception {
        try (TestGateway gateway = open("")) {
            String inner = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n";
            for (String headers :
                    new String[] {
                        "Content-Length: 5\r\nTransfer-Encoding: chunked",
                        "Transfer-Encoding: xchunked",
                        "Content-Length: 5\r\nContent-Length: 50"
                    }) {
                String answer = raw(gateway, post(headers) + "0\r\n\r\n" + inner);
                assertThat(answer).doesNotContain("\"object\":\"list\"");
            }
        }
    }

    @Test
    void a_request_id_is_kept_if_it_can_do_no_harm() throws Exception {
        try (TestGateway gateway = open("")) {
            assertThat(
                            gateway.get("/health/liveness", "x-request-id", "abc-123")
                                    .headers()
                                    .firstValue("x-request-id"))
                    .contains("abc-123");
            assertThat(
                            gateway.get("/health/liveness", "x-request-id", "a b{}\"")
                                    .headers()
                                    .firstValue("x-request-id")
                                    .orElseThrow())
                    .startsWith("req_");
            assertThat(
                            gateway.get("/health/liveness", "x-request-id", "x".repeat(500))
                                    .headers()
                                    .firstValue("x-request-id")
                                    .orElseThrow())
                    .startsWith("req_");
        }
    }

    @Test
    void a_request_with_too_large_a_head_is_refused() throws Exception {
        String head =
                "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Filler: ";
        try (TestGateway gateway = open("max_header_bytes: 2KiB")) {
            assertThat(raw(gateway, head + "x".repeat(1_500) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(raw(gateway, head + "x".repeat(3_000) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 431 ")
                    .contains("security_settings.max_header_bytes");
        }
    }

    @Test
    void a_profile_s_own_key_and_a_pool_of_a_like_name_stay_apart() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start()) {
            upstream.always(_ -> Reply.json(200, "{\"choices\":[]}"));
            String profile =
                    "\n  - {model_name: %s, provider: openai, %s, model_params: {model: m, api_base: '"
                            + upstream.url()
                            + "'%s}}";
            TestGateway.Builder builder =
                    TestGateway.in(folder)
                            .keys("profile-own", "sk-of-the-pool-0123")
                            .config(
                                    "model_list:"
                                            + profile.formatted(
                                                    "own",
                                                    "max_concurrent: 9",
                                                    ", api_key: sk-of-its-own-0123")
                                            + profile.formatted(
                                                    "other", "key_pool: profile-own", ""));
            try (TestGateway gateway = builder.start()) {
                for (int i = 0; i < 3; i++) {
                    gateway.post("/v1/chat/completions", chat("own", ""));
                    gateway.post("/v1/chat/completions", chat("other", ""));
                }
                assertThat(upstream.requests())
                        .extracting(r -> r.header("authorization").orElseThrow())
                        .containsExactly(
                                "Bearer sk-of-its-own-0123",
                                "Bearer sk-of-the-pool-0123",
                                "Bearer sk-of-its-own-0123",
                                "Bearer sk-of-the-pool-0123",
                                "Bearer sk-of-its-own-0123",
                                "Bearer sk-of-the-pool-0123");
            }
        }
    }

    @Test
    void without_a_key_only_the_loopback_is_listened_to() throws Exception {
        TestGateway.in(folder).config(yaml(""));
        var options =
                new NodeOptions(
                        folder.resolve("proxy_config.yaml"),
                        NodeOptions.Folders.asConfigured(),
                        "0.0.0.0",
                        0);

        assertThatThrownBy(() ->
                        GatewayServer.start(
                                options, Environment.of(Map.of()), InstantSource.system()))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("master_key")
                .hasMessageContaining("allow_unauthenticated");
    }

    private TestGateway guarded(String more) throws Exception {
        return TestGateway.in(folder).config(yaml("master_key: " + KEY + more)).start();
    }

    private TestGateway open(String security) throws Exception {
        return TestGateway.in(folder).config(yaml(security)).start();
    }

    private static String yaml(String security) {
        return "model_list: [{model_name: sim, provider: simulator, model_params: {model: m, faults: {tokens_per_second: 100000}}}]\n"
                + "security_settings: {"
                + security
                + "}\n";
    }

    private static String post(String headers) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + headers
                + "\r\n\r\n";
    }

    private static String raw(TestGateway gateway, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            StringBuilder answer = new StringBuilder();
            try {
                for (int b = socket.getInputStream().read();
                        b >= 0 && answer.length() < 10_000;
                        b = socket.getInputStream().read()) {
                    answer.append((char) b);
                    if (answer.indexOf("\r\n\r\n") >= 0
                            && socket.getInputStream().available() == 0) {
                        socket.setSoTimeout(500);
                    }
                }
            } catch (IOException closedOrSilent) {
                // What came is what counts.
            }
            return answer.toString();
        }
    }
}
