package io.magicproxy.server.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small requests that would become large ones, and texts that would forge a line of the log. */
class BombsTest {
    private static final int DEEP = 100_000;

    @TempDir private Path folder;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        Folder.write(folder, "patterns/plan.js", "export const run = () => 'x';\n");
        Folder.write(folder, "tools/probe.js", "export const run = () => 'x';\n");
        gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list:
                                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                                sandbox_settings: {isolation: in_process}
                                """)
                        .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void a_bomb_of_aliases_is_a_problem_of_the_file_that_holds_it() throws Exception {
        String bomb = content(aliases("model_list"));
        JsonNode verdict = Json.read(gateway.post("/admin/config/validate", bomb).body());
        assertThat(verdict.path("valid").asBoolean()).isFalse();
        assertThat(verdict.path("problems").toString()).contains("holds too much");

        HttpResponse<String> saved = gateway.post("/admin/config", bomb, "If-Match", "*");
        assertThat(saved.statusCode()).isEqualTo(422);
        assertThat(Folder.contents(folder).get("proxy_config.yaml")).doesNotContain("&a");

        String scenario =
                Json.text(
                        Json.object()
                                .put("content", "export const run = () => 'x';\n")
                                .put("scenario", aliases("scenarios")));
        HttpResponse<String> tried = gateway.post("/admin/patterns/plan/scenario", scenario);
        assertThat(tried.body()).contains("holds too much");
        assertThat(gateway.get("/v1/models").statusCode()).isEqualTo(200);
    }

    /** Nine levels, each nine times the one before: 387 million at the end. */
    private static String aliases(String root) {
        StringBuilder yaml =
                new StringBuilder("definitions:\n  a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (char c = 'b'; c <= 'i'; c++) {
            String one = "*" + (char) (c - 1);
            yaml.append(
                    "  %c: &%c [%s]\n"
                            .formatted(c, c, String.join(", ", Collections.nCopies(9, one))));
        }
        return yaml.append(root).append(": *i\n").toString();
    }

    @Test
    void a_bomb_of_brackets_is_refused_wherever_json_is_taken() throws Exception {
        String deep = "[".repeat(DEEP) + "]".repeat(DEEP);
        for (String path :
                List.of(
                        "/v1/chat/completions",
                        "/v1/embeddings",
                        "/v1/react/sessions",
                        "/tools/probe",
                        "/admin/login",
                        "/admin/config/validate",
                        "/admin/patterns/plan/validate",
                        "/admin/keys/openai")) {
            for (String body :
                    List.of(deep, "{\"content\": " + deep + "}", "{\"a\":".repeat(DEEP))) {
                HttpResponse<String> answer = gateway.post(path, body);
                assertThat(answer.statusCode()).as(path).isEqualTo(400);
                assertThat(answer.body()).as(path).doesNotContain("Exception", "\\tat ");
            }
        }
        HttpResponse<String> mcp =
                gateway.post("/mcp", deep, "Accept", "application/json, text/event-stream");
        assertThat(mcp.statusCode()).isEqualTo(400);
        assertThat(gateway.get("/v1/models").statusCode()).isEqualTo(200);
    }

    @Test
    void no_text_of_a_request_begins_a_line_of_the_log() throws Exception {
        String forged = "%0D%0AFORGED%20admin:%20nobody%20config.save%1b%5b2K";
        String escaped = "x\\r\\nFORGED admin: nobody config.save\\u001b[2K";
        try (var log = new Heard()) {
            for (String path :
                    List.of(
                            "/" + forged,
                            "/v1/models/" + forged,
                            "/admin/patterns/" + forged,
                            "/admin/keys/" + forged)) {
                gateway.get(path);
                gateway.post(path, "{\"key\": \"sk-0123456789\", \"action\": \"retire\"}");
                gateway.send("DELETE", path, "");
                gateway.send("PUT", path, "{\"content\": \"x\"}");
            }
            gateway.get("/admin/prompt_content?path=prompts/" + forged);
            gateway.send("DELETE", "/admin/simulator/faults?profile=" + forged, "");
            gateway.get("/v1/models", "x-request-id", "FORGED admin: nobody");
            gateway.get("/v1/models", "User-Agent", "FORGED");
            gateway.post("/v1/chat/completions", TestGateway.chat(escaped, ""));
            gateway.post(
                    "/v1/react/sessions",
                    "{\"model_alias\": \"sim\", \"reasoning_mode\": \""
                            + escaped
                            + "\", \"user_query\": \"x\"}");
            gateway.post("/admin/keys/openai", "{\"key\": \"" + escaped + "\"}");
            // A change that is made, with all that a caller may choose of it.
            gateway.send(
                    "PUT", "/admin/simulator/faults", "{\"faults\": [{\"failure\": \"429\"}]}");
            assertThat(log.lines)
                    .isNotEmpty()
                    .noneMatch(line -> line.matches("(?s).*[\\r\\n\\u001b].*FORGED.*"));
        }
    }

    private static String content(String text) {
        return Json.text(Json.object().put("content", text));
    }

    /** All that is logged meanwhile, as it is given to the formatter. */
    private static final class Heard extends Handler implements AutoCloseable {
        private final Logger logger = Logger.getLogger("");
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Level level = logger.getLevel();

        Heard() {
            logger.setLevel(Level.INFO);
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord entry) {
            lines.add(new SimpleFormatter().formatMessage(entry));
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
