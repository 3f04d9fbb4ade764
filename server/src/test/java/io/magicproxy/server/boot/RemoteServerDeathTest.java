package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.chat.Json;
import io.magicproxy.server.Waiting;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An MCP server that the gateway has started doesn't outlive it, and knows none of its keys. */
class RemoteServerDeathTest {
    private static final String KEY = "sk-of-the-gateway-itself";

    @TempDir private Path folder;

    @Test
    void a_child_process_goes_with_a_gateway_that_is_killed() throws Exception {
        Files.writeString(
                folder.resolve("proxy_config.yaml"),
                """
                model_list:
                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                sandbox_settings: {isolation: in_process}
                mcp_settings:
                  servers:
                    - name: peer
                      command: "%s"
                      args: [-XX:+UseSerialGC, -cp, "%s", io.magicproxy.mcp.client.StdioPeer]
                      connect_timeout: 60s
                      env: {OWN: fine}
                """
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                System.getProperty("java.class.path")));
        try (HttpClient client = HttpClient.newHttpClient();
                Program gateway =
                        Program.start(folder, Map.of("OPENAI_API_KEY", KEY), "--port", "0")) {
            int port = gateway.port();
            Waiting.until(() -> text(client, port, "peer__pid").matches("\\d+"));
            ProcessHandle peer =
                    ProcessHandle.of(Long.parseLong(text(client, port, "peer__pid"))).orElseThrow();
            assertThat(text(client, port, "peer__env"))
                    .contains("OWN")
                    .doesNotContain("OPENAI_API_KEY");

            gateway.process().kill();

            Waiting.until(() -> !peer.isAlive());
        }
    }

    private static String text(HttpClient client, int port, String tool) throws Exception {
        String body = Program.send(client, Program.post(port, "/tools/" + tool, "{}")).body();
        return Json.read(body).path("result").asText();
    }
}
