package io.magicproxy.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One gateway uses another one's tools, as its configuration says from one moment to the next. */
class RemoteServerReloadTest {
    private static final String BASE =
            """
            model_list: [{model_name: sim, provider: simulator, model_params: {model: m}}]
            sandbox_settings: {isolation: in_process}
            """;
    private static final String KEY = "mk-of-the-other-gateway";
    private static final String GREETS =
            """
            export const manifest = { title: 'Greeter', effect: 'idempotent' };
            /** @param {string} name */
            export const run = name => `Hello ${name}, call ${tool.callId}`;
            """;

    @TempDir private Path mine;
    @TempDir private Path other;

    @Test
    void servers_come_change_and_go_with_the_file() throws Exception {
        Files.createDirectories(other.resolve("tools"));
        Files.writeString(other.resolve("tools/greet.js"), GREETS);
        try (TestGateway there =
                        TestGateway.in(other)
                                .config(BASE + "security_settings: {master_key: " + KEY + "}\n")
                                .start();
                TestGateway here =
                        TestGateway.in(mine).config(BASE).environment("THEIR_KEY", KEY).start()) {
            assertThat(here.get("/tools").body()).contains("\"data\":[]");

            save(server(there, "Bearer ${THEIR_KEY}"));
            Waiting.until(() -> here.get("/tools/them__greet").statusCode() == 200);
            JsonNode tool = here.json("/tools/them__greet");
            assertThat(tool.path("title").asText()).isEqualTo("Greeter");
            assertThat(tool.path("effect").asText()).isEqualTo("idempotent");
            assertThat(tool.path("source").asText()).isEqualTo("them");
            assertThat(
                            here.post(
                                            "/tools/them__greet",
                                            "{\"name\":\"Ada\"}",
                                            "Idempotency-Key",
                                            "k-17")
                                    .body())
                    .isEqualTo("{\"result\":\"Hello Ada, call k-17\"}");
            assertThat(McpPeer.of(here).toolNames()).contains("them__greet");

            Files.writeString(other.resolve("tools/second.js"), GREETS);
            Waiting.until(() -> here.get("/tools/them__second").statusCode() == 200);
            Files.delete(other.resolve("tools/second.js"));
            Waiting.until(() -> here.get("/tools/them__second").statusCode() == 404);

            save(server(there, "${ABSENT_KEY}"));
            Waiting.until(() -> state(here).path("state").asText().equals("down"));
            assertThat(state(here).path("reason").asText())
                    .isEqualTo("headers.Authorization has no value; set ABSENT_KEY");
            Waiting.until(() -> state(here).has("next_try"));
            assertThat(here.get("/tools").body()).contains("\"data\":[]");
            assertThat(here.post("/tools/them__greet", "{\"name\":\"Ada\"}").statusCode())
                    .isEqualTo(503);

            save(server(there, "Bearer wrong-key-for-them"));
            Waiting.until(() -> state(here).path("reason").asText().contains("401"));
            assertThat(here.get("/health").body()).doesNotContain("wrong-key-for-them", KEY);

            save("");
            Waiting.until(() -> here.json("/health").path("mcp_servers").isEmpty());
            assertThat(here.post("/tools/them__greet", "{}").statusCode()).isEqualTo(404);
        }
    }

    private static String server(TestGateway to, String authorization) {
        return "mcp_settings: {servers: [{name: them, url: \"%s\", headers: {Authorization: \"%s\"}}]}\n"
                .formatted(to.uri("/mcp"), authorization);
    }

    private void save(String servers) throws Exception {
        Path fresh = Files.writeString(mine.resolve("fresh"), BASE + servers);
        Files.move(fresh, mine.resolve("proxy_config.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static JsonNode state(TestGateway gateway) throws Exception {
        return Json.read(gateway.get("/admin/tools").body()).at("/mcp_servers/0");
    }
}
