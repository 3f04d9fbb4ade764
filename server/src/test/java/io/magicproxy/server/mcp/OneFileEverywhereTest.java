package io.magicproxy.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One dropped file is a tool for agents, for MCP clients and over plain HTTP. */
class OneFileEverywhereTest {
    private static final String CALLER =
            """
            export const run = async ctx => {
              if (!ctx.tools.some(tool => tool.name === 'greet')) return 'no such tool';
              return ctx.tool('greet', { name: ctx.query }).catch(e => e.code);
            };
            """;
    private static final String GREETS =
            "/** @param {string} name */ export const run = name => `%s ${name}`;";

    @TempDir private Path folder;
    private TestGateway gateway;
    private McpPeer peer;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(folder.resolve("tools"));
        Files.createDirectories(folder.resolve("patterns"));
        Files.writeString(folder.resolve("patterns/caller.js"), CALLER);
        gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list: [{model_name: sim, provider: simulator, model_params: {model: m}}]
                                sandbox_settings: {isolation: in_process}
                                """)
                        .start();
        peer = McpPeer.of(gateway);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void saved_it_is_everywhere_broken_it_stays_and_deleted_it_is_nowhere() throws Exception {
        assertThat(byAgent()).isEqualTo("no such tool");

        save(GREETS.formatted("Hello"));
        everywhere("Hello Ada");

        save(GREETS.formatted("Good day"));
        everywhere("Good day Ada");

        save("export const run = name => `broken ${name");
        Waiting.until(() -> gateway.get("/admin/tools/greet").body().contains("\"error\""));
        assertThat(byAgent()).isEqualTo("Good day Ada");
        assertThat(byMcp()).isEqualTo("Good day Ada");
        assertThat(byHttp()).isEqualTo("Good day Ada");

        Files.delete(folder.resolve("tools/greet.js"));
        Waiting.until(() -> gateway.get("/tools/greet").statusCode() == 404);
        assertThat(byAgent()).isEqualTo("no such tool");
        assertThat(peer.toolNames()).doesNotContain("greet");
        assertThat(peer.tool("greet", "{\"name\":\"Ada\"}").path("message").asText())
                .startsWith("Unknown tool");
        assertThat(gateway.post("/tools/greet", "{\"name\":\"Ada\"}").statusCode()).isEqualTo(404);
    }

    private void everywhere(String greeting) throws Exception {
        Waiting.until(() -> byHttp().equals(greeting));
        assertThat(byAgent()).isEqualTo(greeting);
        assertThat(byMcp()).isEqualTo(greeting);
    }

    private void save(String source) throws Exception {
        Path fresh = Files.writeString(folder.resolve("fresh"), source);
        Files.move(fresh, folder.resolve("tools/greet.js"), StandardCopyOption.REPLACE_EXISTING);
    }

    private String byHttp() throws Exception {
        HttpResponse<String> answer = gateway.post("/tools/greet", "{\"name\":\"Ada\"}");
        return Json.read(answer.body()).path("result").asText();
    }

    private String byMcp() throws Exception {
        return peer.tool("greet", "{\"name\":\"Ada\"}").at("/content/0/text").asText();
    }

    private String byAgent() throws Exception {
        String body =
                gateway.post(
                                "/v1/react/sessions",
                                "{\"user_query\":\"Ada\",\"model_alias\":\"sim\",\"reasoning_mode\":\"caller\"}")
                        .body();
        JsonNode last =
                Json.read(
                        body.lines()
                                .filter(line -> line.startsWith("data: "))
                                .reduce((_, next) -> next)
                                .orElseThrow()
                                .substring(6));
        return last.at("/payload/text").asText();
    }
}
