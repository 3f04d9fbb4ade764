package io.magicproxy.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsPageTest {
    private static final Path PAGE =
            Path.of(System.getProperty("project.root"), "docs", "metrics.md");

    @TempDir private Path folder;

    @Test
    void whatever_the_gateway_tells_stands_on_the_page() throws Exception {
        Files.writeString(
                Files.createDirectories(folder.resolve("patterns")).resolve("one.js"),
                "export const run = async ctx => ctx.llm(ctx.query);");
        Files.writeString(
                Files.createDirectories(folder.resolve("tools")).resolve("add.js"),
                "/** Adds.\n * @param {number} a */\nexport const run = a => a + 1;");
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list:
                                  - {model_name: sim, provider: simulator, model_params: {model: m}, model_info: {input_cost_per_token: 0.1, output_cost_per_token: 0.1}}
                                  - {model_name: agent, provider: simulator, model_params: {model: m, agent_settings: {reasoning_mode: one}}}
                                sandbox_settings: {isolation: in_process}
                                """)
                        .start()) {
            Waiting.until(() -> gateway.get("/tools/add").statusCode() == 200);
            Waiting.until(() -> gateway.get("/admin/patterns/one").statusCode() == 200);
            assertThat(gateway.post("/tools/add", "{\"a\":1}").statusCode()).isEqualTo(200);
            for (String body :
                    List.of(
                            TestGateway.chat("sim", ""),
                            TestGateway.streamed("sim"),
                            TestGateway.chat("agent", ""))) {
                assertThat(gateway.post("/v1/chat/completions", body).statusCode()).isEqualTo(200);
            }
            List<String> told =
                    gateway.get("/metrics")
                            .body()
                            .lines()
                            .filter(line -> line.startsWith("# TYPE magic_proxy"))
                            .map(line -> line.split(" ", -1)[2])
                            .toList();
            assertThat(told)
                    .contains(
                            "magic_proxy_requests_total",
                            "magic_proxy_session_queue_duration_seconds",
                            "magic_proxy_tool_duration_seconds");
            String page = Files.readString(PAGE);
            assertThat(told).allMatch(name -> page.contains("`" + name + "`"));
        }
    }
}
