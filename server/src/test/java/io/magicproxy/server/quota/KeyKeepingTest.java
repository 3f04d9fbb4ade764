package io.magicproxy.server.quota;

import static io.magicproxy.server.quota.KeyScene.CALL;
import static io.magicproxy.server.quota.KeyScene.KEYS;
import static io.magicproxy.server.quota.KeyScene.TEAMS;
import static io.magicproxy.server.quota.KeyScene.header;
import static io.magicproxy.server.quota.KeyScene.master;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.quota.KeyScene.TestKey;
import io.magicproxy.testing.Reply;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of keys, and what of their secrets isn't. */
class KeyKeepingTest {
    @TempDir private Path folder;

    @Test
    void a_restart_keeps_keys_teams_and_what_was_spent() throws Exception {
        try (KeyScene scene = KeyScene.in(folder)) {
            scene.gateway()
                    .post(TEAMS, "{\"name\":\"lab\",\"limits\":{\"budget_per_day\":9}}", master());
            TestKey key =
                    scene.key(
                            "\"name\":\"kept\",\"team\":\"lab\",\"aliases\":[\"m\"],\"metadata\":{\"who\":\"ada\"},"
                                    + "\"limits\":{\"budget_per_day\":0.3}");
            assertThat(scene.chat(key, "m").statusCode()).isEqualTo(200);
            JsonNode before = scene.admin(KEYS + "/" + key.id());

            scene.restart();

            assertThat(scene.admin(KEYS + "/" + key.id())).isEqualTo(before);
            assertThat(scene.spent(key)).isEqualByComparingTo(CALL);
            assertThat(scene.use(TEAMS + "/lab").path("spent_today").decimalValue())
                    .isEqualByComparingTo(CALL);
            assertThat(scene.chat(key, "m").statusCode()).isEqualTo(200);
            assertThat(scene.chat(key, "m").statusCode()).as("the budget is spent").isEqualTo(429);
        }
    }

    @Test
    void a_secret_is_in_no_log_answer_metric_or_file() throws Exception {
        List<String> said = Collections.synchronizedList(new ArrayList<>());
        Logger root = Logger.getLogger("");
        Handler ear = new Ear(said);
        Level before = root.getLevel();
        root.addHandler(ear);
        root.setLevel(Level.FINE);
        String secret;
        String turned;
        try (KeyScene scene = KeyScene.in(folder)) {
            TestKey key = scene.key("\"name\":\"quiet\",\"limits\":{\"requests_per_minute\":4}");
            secret = key.secret();
            scene.upstream.always(request ->
                    request.text().contains("other")
                            ? Reply.json(400, "{\"error\":{\"message\":\"no\"}}")
                            : KeyScene.answer(request));
            for (int i = 0; i < 4; i++) {
                hear(said, scene.chat(key, i % 2 == 0 ? "m" : "other"));
                hear(said, scene.stream(key, "m"));
            }
            hear(said, scene.gateway().get("/admin/virtual_keys", key.auth()));
            hear(said, scene.gateway().get("/nothing/" + "x", key.auth()));
            turned =
                    Json.read(
                                    scene.gateway()
                                            .post(KEYS + "/" + key.id() + "/rotate", "{}", master())
                                            .body())
                            .path("key")
                            .asText();
            hear(said, scene.chat(key, "m"));
            for (String path :
                    List.of(
                            KEYS,
                            KEYS + "/" + key.id(),
                            TEAMS,
                            "/metrics",
                            "/health",
                            "/admin/usage")) {
                hear(said, scene.gateway().get(path, master()));
            }
            hear(said, scene.gateway().post(KEYS + "/" + key.id() + "/revoke", "{}", master()));
        } finally {
            root.setLevel(before);
            root.removeHandler(ear);
        }
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                said.add(file + new String(Files.readAllBytes(file), ISO_8859_1));
            }
        }

        assertThat(turned).startsWith("sk-mp-");
        assertThat(String.join("\n", said))
                .contains("virtual_key.rotate", "quiet", "x-ratelimit-limit-requests")
                .doesNotContain(secret, secret.substring(10, 30))
                .doesNotContain(turned, turned.substring(10, 30));
    }

    private static void hear(List<String> said, HttpResponse<String> response) {
        said.add(response.statusCode() + " " + response.headers().map() + response.body());
        assertThat(header(response, "set-cookie")).isEmpty();
    }

    private static final class Ear extends Handler {
        private final List<String> said;

        Ear(List<String> said) {
            this.said = said;
        }

        @Override
        public void publish(LogRecord entry) {
            said.add(new SimpleFormatter().format(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
