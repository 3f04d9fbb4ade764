package io.magicproxy.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log's lines of who has changed what. */
class AuditTest {
    private static final String KEY = "mk-the-master-key-of-the-test";
    private static final String TEXT =
            """
            model_list:
              - {model_name: sim, provider: simulator, model_params: {model: m}}
            security_settings: {master_key: %s}
            sandbox_settings: {isolation: in_process}
            """
                    .formatted(KEY);

    @TempDir private Path folder;

    @Test
    void each_change_is_written_down_with_its_author_and_its_versions_but_no_secret()
            throws Exception {
        Files.createDirectories(folder.resolve("patterns"));
        Files.writeString(folder.resolve("patterns/plan.js"), "export const run = () => 1;\n");
        try (var heard = new Heard();
                TestGateway gateway = TestGateway.in(folder).config(TEXT).start()) {
            HttpResponse<String> login = gateway.post("/admin/login", "{\"key\": \"" + KEY + "\"}");
            String cookie = login.headers().firstValue("set-cookie").orElseThrow();
            String[] asSession = {
                "Cookie",
                cookie.substring(0, cookie.indexOf(';')),
                "x-csrf-token",
                Json.read(login.body()).path("csrf").asText(),
                "If-Match",
                "*"
            };
            String before = version(gateway, asSession);
            gateway.post("/admin/config", content(TEXT + "# more\n"), asSession);
            String after = version(gateway, asSession);
            gateway.send(
                    "PUT",
                    "/admin/patterns/plan",
                    content("export const run = () => 2;\n"),
                    "x-api-key",
                    KEY,
                    "If-Match",
                    "*");
            gateway.post("/admin/config", content("nonsense: 1"), asSession);

            assertThat(heard.lines())
                    .anyMatch(line ->
                            line.matches(
                                    "admin: session [0-9a-f]{8} config.save proxy_config.yaml, "
                                            + before
                                            + " -> "
                                            + after))
                    .anyMatch(line ->
                            line.matches(
                                    "admin: key [0-9a-f]{12} pattern.save plan.js, [0-9a-f]+ -> [0-9a-f]+"))
                    .noneMatch(line -> line.contains(KEY))
                    .filteredOn(line -> line.contains("config.save"))
                    .hasSize(1);
        }
    }

    private static String version(TestGateway gateway, String... headers) throws Exception {
        JsonNode config = Json.read(gateway.get("/admin/config", headers).body());
        return config.path("version").asText();
    }

    private static String content(String text) {
        return Json.text(Json.object().put("content", text));
    }

    /** All that is logged meanwhile. */
    private static final class Heard extends Handler implements AutoCloseable {
        private final Logger logger = Logger.getLogger("io.magicproxy");
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Level level = logger.getLevel();

        Heard() {
            logger.setLevel(Level.INFO);
            logger.addHandler(this);
        }

        List<String> lines() {
            return lines;
        }

        @Override
        public void publish(LogRecord entry) {
            Object[] values = entry.getParameters();
            lines.add(
                    values == null
                            ? entry.getMessage()
                            : MessageFormat.format(entry.getMessage(), values));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
            logger.setLevel(level);
        }
    }
}
