package io.magicproxy.server.quota;

import static io.magicproxy.server.quota.KeyScene.KEYS;
import static io.magicproxy.server.quota.KeyScene.MASTER;
import static io.magicproxy.server.quota.KeyScene.TEAMS;
import static io.magicproxy.server.quota.KeyScene.error;
import static io.magicproxy.server.quota.KeyScene.header;
import static io.magicproxy.server.quota.KeyScene.master;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.server.quota.KeyScene.TestKey;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that are handed out: made, changed, ended, and what they open. */
@TestInstance(Lifecycle.PER_CLASS)
class VirtualKeysTest {
    private static final String DECLARED = "a-secret-that-the-file-declares";

    private KeyScene scene;
    private TestGateway gateway;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        scene = KeyScene.in(folder, Map.of(), declared(""));
        gateway = scene.gateway();
    }

    private static String declared(String more) {
        return """
        teams:
          - {name: file-team, requests_per_minute: 1000}
        virtual_keys:
          - {name: from-file, key: %s, team: file-team, aliases: [m], expires: 2100-01-01, budget_per_day: 5, metadata: {owner: ada}}
        %s
        """
                .formatted(DECLARED, more);
    }

    @AfterAll
    void stop() {
        scene.close();
    }

    @Test
    void a_key_is_told_once_and_opens_what_clients_need() throws Exception {
        TestKey key = scene.key("\"name\":\"first\"");

        assertThat(key.secret()).matches("sk-mp-[A-Za-z0-9_-]{43}");
        assertThat(scene.chat(key, "m").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/v1/models", key.auth()).statusCode()).isEqualTo(200);
        assertThat(gateway.get("/tools", key.auth()).statusCode()).isEqualTo(200);
        assertThat(gateway.get("/v1/react/sessions", "x-api-key", key.secret()).statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/health/liveness", key.auth()).statusCode()).isEqualTo(200);
        JsonNode shown = scene.admin(KEYS + "/" + key.id());
        assertThat(shown.path("shown").asText())
                .isEqualTo("sk-mp-…" + key.secret().substring(key.secret().length() - 4));
        assertThat(shown.has("key")).isFalse();
        assertThat(shown.path("state").asText()).isEqualTo("active");
        assertThat(shown.path("source").asText()).isEqualTo("store");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin/virtual_keys",
                "/admin/teams",
                "/admin/keys",
                "/admin/config",
                "/admin/usage",
                "/admin",
                "/health",
                "/metrics"
            })
    void a_key_never_opens_what_is_the_masters(String path) throws Exception {
        TestKey key = scene.key("\"name\":\"curious" + path.replace('/', '-') + "\"");

        HttpResponse<String> refused = gateway.get(path, key.auth());

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(error(refused).path("code").asText()).isEqualTo("master_key_needed");
        assertThat(gateway.post(path, "{\"name\":\"x\"}", key.auth()).statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//admin/virtual_keys",
                "/./admin/virtual_keys",
                "/v1/../admin/virtual_keys",
                "/v1/%2e%2e/admin/virtual_keys",
                "/v1/..%2fadmin/virtual_keys",
                "/v1/models/../../admin/virtual_keys",
                "/%61dmin/virtual_keys",
                "/admin%2fvirtual_keys",
                "/admin;v1/virtual_keys",
                "/v1;/../admin/virtual_keys",
                "/ADMIN/virtual_keys",
                "/x/../metrics",
                "//metrics",
                "http://localhost/admin/virtual_keys"
            })
    void no_way_of_writing_a_path_opens_it(String path) throws Exception {
        TestKey key = scene.key("\"name\":\"w" + Integer.toHexString(path.hashCode()) + "\"");

        String answer = raw("GET " + path, key);

        assertThat(answer)
                .doesNotContain("virtual_keys\":", "magic_proxy_", key.id())
                .doesNotStartWith("HTTP/1.1 5");
    }

    private String raw(String line, TestKey key) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(
                            (line
                                            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                                            + key.secret()
                                            + "\r\n\r\n")
                                    .getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @Test
    void the_masters_list_would_be_seen() throws Exception {
        scene.key("\"name\":\"listed\"");

        assertThat(raw("GET /admin/virtual_keys", new TestKey("", MASTER)))
                .contains("virtual_keys\":", "listed");
    }

    @Test
    void a_login_takes_the_master_key_only() throws Exception {
        TestKey key = scene.key("\"name\":\"no-login\"");

        assertThat(gateway.post("/admin/login", "{\"key\":\"" + key.secret() + "\"}").statusCode())
                .isEqualTo(401);
    }

    @Test
    void a_key_sees_and_asks_its_aliases_only() throws Exception {
        TestKey key = scene.key("\"name\":\"some\",\"aliases\":[\"m\",\"vec*\"]");

        JsonNode models = Json.read(gateway.get("/v1/models", key.auth()).body());
        List<String> ids = new ArrayList<>();
        models.path("data").forEach(model -> ids.add(model.path("id").asText()));
        assertThat(ids).containsExactlyInAnyOrder("m", "vectors");
        assertThat(gateway.get("/v1/models/m", key.auth()).statusCode()).isEqualTo(200);
        assertThat(gateway.get("/v1/models/other", key.auth()).statusCode()).isEqualTo(403);
        for (String model : List.of("other", "agent", "no-such-model")) {
            HttpResponse<String> refused = scene.chat(key, model);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(error(refused).path("type").asText()).isEqualTo("permission_error");
            assertThat(error(refused).path("message").asText())
                    .isEqualTo("the key \"some\" may not ask \"" + model + "\", only m, vec*");
        }
        assertThat(scene.chat(key, "m").statusCode()).isEqualTo(200);
    }

    @Test
    void what_a_key_no_longer_is_is_said() throws Exception {
        TestKey expired = scene.key("\"name\":\"old\",\"expires_at\":\"2020-02-02\"");
        TestKey revoked = scene.key("\"name\":\"bad\"");
        gateway.post(KEYS + "/" + revoked.id() + "/revoke", "{}", master());

        assertThat(error(scene.chat(expired, "m")).path("message").asText())
                .isEqualTo("the key \"old\" expired at 2020-02-02T00:00:00Z");
        assertThat(scene.chat(expired, "m").statusCode()).isEqualTo(401);
        assertThat(error(scene.chat(revoked, "m")).path("message").asText())
                .startsWith("the key \"bad\" was revoked at 20");
        assertThat(scene.chat(revoked, "m").statusCode()).isEqualTo(401);
        assertThat(scene.admin(KEYS + "/" + expired.id()).path("state").asText())
                .isEqualTo("expired");
        assertThat(scene.admin(KEYS + "/" + revoked.id()).path("state").asText())
                .isEqualTo("revoked");
        assertThat(gateway.post(KEYS + "/" + revoked.id() + "/rotate", "", master()).statusCode())
                .isEqualTo(409);
    }

    @Test
    void a_rotated_key_has_a_new_secret_and_the_old_one_ends_at_once_or_after_a_grace()
            throws Exception {
        TestKey first = scene.key("\"name\":\"turning\"");

        TestKey second = rotated(first, "{\"grace\":\"1h\"}");
        assertThat(scene.chat(first, "m").statusCode()).isEqualTo(200);
        assertThat(scene.chat(second, "m").statusCode()).isEqualTo(200);
        Instant until =
                Instant.parse(scene.admin(KEYS + "/" + first.id()).path("former_until").asText());
        assertThat(until)
                .isBetween(Instant.now().plusSeconds(3_000), Instant.now().plusSeconds(3_700));

        TestKey third = rotated(second, "");
        assertThat(error(scene.chat(second, "m")).path("message").asText())
                .isEqualTo("the key \"turning\" was rotated; use the new one");
        assertThat(scene.chat(first, "m").statusCode()).as("two rotations ago").isEqualTo(401);
        assertThat(scene.chat(third, "m").statusCode()).isEqualTo(200);
    }

    private TestKey rotated(TestKey key, String body) throws Exception {
        HttpResponse<String> turned =
                gateway.send("POST", KEYS + "/" + key.id() + "/rotate", body, master());
        assertThat(turned.statusCode()).as(turned.body()).isEqualTo(200);
        return new TestKey(key.id(), Json.read(turned.body()).path("key").asText());
    }

    @Test
    void a_change_needs_the_version_that_was_seen() throws Exception {
        TestKey key = scene.key("\"name\":\"changing\",\"aliases\":[\"other\"]");
        String path = KEYS + "/" + key.id();
        String version = header(gateway.get(path, master()), "etag");
        String body = "{\"name\":\"changed\",\"limits\":{\"requests_per_minute\":7}}";

        assertThat(put(path, body, "").statusCode()).isEqualTo(428);
        HttpResponse<String> stale = put(path, body, "\"99\"");
        assertThat(stale.statusCode()).isEqualTo(412);
        assertThat(Json.read(stale.body()).path("version").asText()).isEqualTo("1");
        HttpResponse<String> changed = put(path, body, version);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(Json.read(changed.body()).path("name").asText()).isEqualTo("changed");
        assertThat(Json.read(changed.body()).path("aliases")).isEmpty();
        assertThat(put(path, body, version).statusCode()).isEqualTo(412);
        assertThat(header(scene.chat(key, "m"), "x-ratelimit-limit-requests")).isEqualTo("7");
        assertThat(delete(path, version).statusCode()).isEqualTo(412);
        assertThat(put(path, body, "*").statusCode()).isEqualTo(200);
        assertThat(delete(path, "\"3\"").statusCode()).isEqualTo(204);
        assertThat(scene.chat(key, "m").statusCode()).isEqualTo(401);
        assertThat(gateway.get(path, master()).statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> put(String path, String body, String version) throws Exception {
        return version.isEmpty()
                ? gateway.send("PUT", path, body, master())
                : gateway.send(
                        "PUT",
                        path,
                        body,
                        "Authorization",
                        "Bearer " + MASTER,
                        "If-Match",
                        version);
    }

    private HttpResponse<String> delete(String path, String version) throws Exception {
        return gateway.send(
                "DELETE", path, "", "Authorization", "Bearer " + MASTER, "If-Match", version);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | name must",
                "{\"name\":\"a/b\"} | name must",
                "{\"name\":\"x\",\"nam\":1} | did you mean \"name\"",
                "{\"name\":\"x\",\"team\":\"nobody\"} | team is no team's name",
                "{\"name\":\"x\",\"expires_at\":\"soon\"} | expires_at must be a date",
                "{\"name\":\"x\",\"aliases\":\"m\"} | aliases must be a list",
                "{\"name\":\"x\",\"limits\":{\"rpm\":1}} | limits.rpm is no limit; there are requests_per_minute",
                "{\"name\":\"x\",\"limits\":{\"max_concurrent\":0}} | limits.max_concurrent must be",
                "{\"name\":\"x\",\"limits\":{\"budget_per_day\":-1}} | limits.budget_per_day must be",
                "{\"name\":\"x\",\"metadata\":{\"a\":1}} | metadata.a must be a text",
                "{\"name\":\"from-file\"} | name is that of another key",
            })
    void a_wish_that_cant_be_is_refused_with_the_reason(String body, String reason)
            throws Exception {
        HttpResponse<String> refused = gateway.post(KEYS, body, master());

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(error(refused).path("message").asText()).contains(reason);
    }

    @Test
    void a_team_is_made_changed_and_deleted_once_it_has_no_keys() throws Exception {
        assertThat(gateway.post(TEAMS, "{\"name\":\"lab\"}", master()).statusCode()).isEqualTo(201);
        assertThat(gateway.post(TEAMS, "{\"name\":\"lab\"}", master()).statusCode()).isEqualTo(409);
        TestKey key = scene.key("\"name\":\"lab-key\",\"team\":\"lab\"");
        String path = TEAMS + "/lab";
        HttpResponse<String> changed =
                put(path, "{\"limits\":{\"requests_per_minute\":3}}", "\"1\"");
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(Json.read(changed.body()).path("keys").asInt()).isEqualTo(1);
        assertThat(header(scene.chat(key, "m"), "x-ratelimit-limit-requests")).isEqualTo("3");

        assertThat(error(delete(path, "\"2\"")).path("message").asText()).contains("lab-key");
        delete(KEYS + "/" + key.id(), "\"1\"");
        assertThat(delete(path, "\"2\"").statusCode()).isEqualTo(204);
        assertThat(gateway.get(path, master()).statusCode()).isEqualTo(404);
    }

    @Test
    void what_the_file_declares_works_and_is_changed_in_the_file_only() throws Exception {
        TestKey key = new TestKey("cfg_from-file", DECLARED);

        assertThat(scene.chat(key, "m").statusCode()).isEqualTo(200);
        assertThat(header(scene.chat(key, "m"), "x-ratelimit-limit-requests")).isEqualTo("1000");
        assertThat(scene.chat(key, "other").statusCode()).isEqualTo(403);
        JsonNode shown = scene.admin(KEYS + "/cfg_from-file");
        assertThat(shown.path("source").asText()).isEqualTo("configuration");
        assertThat(shown.path("expires_at").asText()).isEqualTo("2100-01-01T00:00:00Z");
        assertThat(shown.toString()).doesNotContain(DECLARED);
        for (String verb : List.of("rotate", "revoke")) {
            HttpResponse<String> refused =
                    gateway.post(KEYS + "/cfg_from-file/" + verb, "{}", master());
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(error(refused).path("code").asText()).isEqualTo("read_only");
        }
        assertThat(delete(TEAMS + "/file-team", "\"1\"").statusCode()).isEqualTo(409);

        scene.configure(declared("").replace("name: from-file", "name: renamed"));
        Waiting.until(() ->
                gateway.get(KEYS + "/cfg_renamed", master()).statusCode() == 200
                        && scene.chat(key, "m").statusCode() == 200);
        scene.configure(declared(""));
        Waiting.until(() -> gateway.get(KEYS + "/cfg_from-file", master()).statusCode() == 200);
    }

    @Test
    void without_a_master_key_there_are_no_virtual_keys(@TempDir Path folder) throws Exception {
        String models =
                "model_list: [{model_name: m, provider: simulator, model_params: {model: m}}]\n";
        try (TestGateway open = TestGateway.in(folder).config(models).start()) {
            HttpResponse<String> refused = open.post(KEYS, "{\"name\":\"x\"}");
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(error(refused).path("message").asText())
                    .contains("security_settings.master_key");

            Files.writeString(
                    folder.resolve("proxy_config.yaml"),
                    models
                            + "security_settings: {virtual_keys: [{name: a, key: os.environ/NOT_SET}, {name: a, key: short, team: tem, expires: soon}], teams: [{name: team}]}\n");
            Waiting.until(() -> !open.json("/admin/config/status").path("applied").asBoolean());
            assertThat(open.json("/admin/config/status").toString())
                    .contains(
                            "need a master_key beside them",
                            "set NOT_SET, or remove the key",
                            "names two; rename one",
                            "is too short to be a secret",
                            "no team in security_settings.teams",
                            "must be a date, or a time");
        }
    }
}
