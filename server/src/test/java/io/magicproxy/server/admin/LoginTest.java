package io.magicproxy.server.admin;

import static io.magicproxy.server.TestGateway.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page's way in: by the key once, then by a cookie and its token. */
class LoginTest {
    private static final String KEY = "mk-the-master-key-of-the-test";
    private static final String LOGIN = "/admin/login";
    private static final String GUARDED =
            """
            model_list:
              - {model_name: sim, provider: simulator, model_params: {model: m}}
            security_settings: {master_key: "%s", allowed_hosts: [llm.example.org]}
            sandbox_settings: {isolation: in_process}
            """;

    @TempDir private Path folder;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.in(folder).config(GUARDED.formatted(KEY)).start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void without_a_master_key_nothing_is_asked() throws Exception {
        Path open = Files.createDirectory(folder.resolve("open"));
        try (TestGateway free =
                TestGateway.in(open)
                        .config(
                                "model_list: [{model_name: sim, provider: simulator, model_params: {model: m}}]\n")
                        .start()) {
            JsonNode me = free.json("/admin/whoami");
            assertThat(me.path("key_needed").asBoolean()).isFalse();
            assertThat(me.path("logged_in").asBoolean()).isTrue();
            HttpResponse<String> login = free.post(LOGIN, "{\"key\": \"any\"}");
            assertThat(login.statusCode()).isEqualTo(200);
            assertThat(login.headers().firstValue("set-cookie")).isEmpty();
            assertThat(free.get("/admin/config").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_wrong_key_opens_nothing_and_the_sixth_within_a_minute_must_wait() throws Exception {
        JsonNode me = gateway.json("/admin/whoami");
        assertThat(me.path("key_needed").asBoolean()).isTrue();
        assertThat(me.path("logged_in").asBoolean()).isFalse();
        assertThat(me.has("csrf")).isFalse();

        for (int i = 0; i < 5; i++) {
            HttpResponse<String> wrong = gateway.post(LOGIN, "{\"key\": \"" + KEY + i + "\"}");
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(wrong.headers().firstValue("set-cookie")).isEmpty();
        }
        HttpResponse<String> late = gateway.post(LOGIN, "{\"key\": \"" + KEY + "\"}");
        assertThat(late.statusCode()).isEqualTo(429);
        assertThat(late.body()).contains("too_many_logins");
        assertThat(late.headers().firstValueAsLong("retry-after").orElse(0)).isBetween(1L, 60L);
        assertThat(gateway.get("/v1/models", "x-api-key", KEY).statusCode()).isEqualTo(200);
    }

    @Test
    void a_cookie_opens_the_admin_api_the_sessions_and_chat_for_reading() throws Exception {
        Door door = login();

        assertThat(door.header())
                .contains("; HttpOnly", "; SameSite=Strict", "; Path=/")
                .doesNotContain("Secure", KEY);
        assertThat(door.value().length()).as("128 bits and more").isGreaterThan(22);
        for (String path :
                new String[] {
                    "/admin/config", "/admin/keys", "/v1/models", "/v1/react/sessions", "/health"
                }) {
            assertThat(gateway.get(path, "Cookie", door.cookie()).statusCode())
                    .as(path)
                    .isEqualTo(200);
            assertThat(gateway.get(path, "Cookie", door.cookie() + "x").statusCode())
                    .isEqualTo(401);
            assertThat(gateway.get(path).statusCode()).isEqualTo(401);
        }
        JsonNode me = Json.read(gateway.get("/admin/whoami", "Cookie", door.cookie()).body());
        assertThat(me.path("by").asText()).isEqualTo("session");
        assertThat(me.path("csrf").asText()).isEqualTo(door.csrf());
    }

    @Test
    void with_a_cookie_whatever_changes_something_needs_its_token() throws Exception {
        Door door = login();
        Door other = login();
        String body = chat("sim", "");
        HttpResponse<String> bare =
                gateway.post("/v1/chat/completions", body, "Cookie", door.cookie());

        assertThat(bare.statusCode()).isEqualTo(403);
        assertThat(bare.body()).contains("csrf_token", "x-csrf-token");
        assertThat(
                        gateway.post(
                                        "/v1/chat/completions",
                                        body,
                                        "Cookie",
                                        door.cookie(),
                                        "x-csrf-token",
                                        other.csrf())
                                .statusCode())
                .isEqualTo(403);
        assertThat(
                        gateway.post(
                                        "/v1/chat/completions",
                                        body,
                                        "Cookie",
                                        door.cookie(),
                                        "x-csrf-token",
                                        door.csrf())
                                .statusCode())
                .isEqualTo(200);
        assertThat(
                        gateway.send(
                                        "DELETE",
                                        "/admin/simulator/faults",
                                        "",
                                        "Cookie",
                                        door.cookie())
                                .statusCode())
                .isEqualTo(403);
        assertThat(
                        gateway.post(
                                        "/v1/chat/completions",
                                        body,
                                        "Cookie",
                                        door.cookie(),
                                        "x-csrf-token",
                                        door.csrf(),
                                        "Origin",
                                        "https://evil.example")
                                .statusCode())
                .isEqualTo(403);
    }

    @Test
    void a_logout_voids_the_cookie_at_once_and_that_one_only() throws Exception {
        Door door = login();
        Door other = login();
        assertThat(gateway.send("POST", "/admin/logout", "").statusCode()).isEqualTo(401);
        HttpResponse<String> out =
                gateway.send(
                        "POST",
                        "/admin/logout",
                        "",
                        "Cookie",
                        door.cookie(),
                        "x-csrf-token",
                        door.csrf());

        assertThat(out.statusCode()).isEqualTo(204);
        assertThat(out.headers().firstValue("set-cookie"))
                .hasValueSatisfying(cookie -> assertThat(cookie).contains("Max-Age=0"));
        assertThat(gateway.get("/admin/keys", "Cookie", door.cookie()).statusCode()).isEqualTo(401);
        assertThat(gateway.get("/admin/keys", "Cookie", other.cookie()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void cookies_of_other_programs_on_this_machine_do_no_harm() throws Exception {
        Door door = login();
        for (String others :
                new String[] {
                    "_xsrf=2|8a|\"quoted\"; ", "weird; =x; a=b=c; ", "$Version=1; ;; ", "x=\u00e9; "
                }) {
            assertThat(gateway.get("/admin/keys", "Cookie", others + door.cookie()).statusCode())
                    .as(others)
                    .isEqualTo(200);
            assertThat(gateway.get("/admin/keys", "Cookie", others).statusCode()).isEqualTo(401);
            assertThat(gateway.get("/health/liveness", "Cookie", others).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void another_master_key_ends_all_logins() throws Exception {
        Door door = login();
        Files.writeString(folder.resolve("proxy_config.yaml"), GUARDED.formatted(KEY + "-new"));
        gateway.server().gateway().reload();

        assertThat(gateway.get("/admin/keys", "Cookie", door.cookie()).statusCode()).isEqualTo(401);
        assertThat(gateway.get("/admin/keys", "x-api-key", KEY + "-new").statusCode())
                .isEqualTo(200);
    }

    @Test
    void off_the_loopback_the_cookie_is_for_tls_only() throws Exception {
        String body = "{\"key\": \"" + KEY + "\"}";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("POST /admin/login HTTP/1.1\r\nHost: llm.example.org\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                                    + body.length()
                                    + "\r\n\r\n"
                                    + body)
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 200").contains("magic_session=", "; Secure");
        }
    }

    /** What a login gives. */
    private record Door(String header, String csrf) {
        String cookie() {
            return header.substring(0, header.indexOf(';'));
        }

        String value() {
            return cookie().substring(cookie().indexOf('=') + 1);
        }
    }

    private Door login() throws Exception {
        HttpResponse<String> answer = gateway.post(LOGIN, "{\"key\": \"" + KEY + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new Door(
                answer.headers().firstValue("set-cookie").orElseThrow(),
                Json.read(answer.body()).path("csrf").asText());
    }
}
