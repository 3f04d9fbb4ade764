package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.mcp.McpClients;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools of a real MCP server from npm, for agents and everybody else. */
class RemoteServersTest {
    private static final String PROGRAM = "server-everything/dist/index.js";

    /** Goes on until its tool has failed, and was there again. */
    private static final String STUBBORN =
            """
            export async function run(ctx) {
              let failed = '';
              for (let i = 0; i < 2000; i++) {
                try {
                  const said = await ctx.tool('every__echo', { message: `call ${i}` });
                  if (failed) return `${failed}, then ${said}`;
                  if (i === 0) ctx.step('used it');
                } catch (e) {
                  failed = e.code;
                }
                await ctx.sleep(20);
              }
              return 'nothing happened';
            }
            """;

    @TempDir private Path folder;

    @Test
    void a_child_process_is_replaced_under_a_running_agent() throws Exception {
        McpClients npm = McpClients.installed();
        String server =
                """
                mcp_settings:
                  servers:
                    - {name: every, command: "%s", args: ["%s", stdio]}
                """
                        .formatted(npm.node(), program(npm));
        try (ToolScene scene = scene(server)) {
            awaitTool(scene);
            assertThat(scene.result("every__echo", "{\"message\":\"hi\"}").asText()).contains("hi");

            assertThat(underAnAgent(scene, RemoteServersTest::killChild))
                    .matches("(tool_unavailable|outcome_unknown), then .*call \\d+");
        }
        assertThat(children()).isEmpty();
    }

    @Test
    void a_server_that_is_restarted_is_used_again_under_a_running_agent() throws Exception {
        McpClients npm = McpClients.installed();
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process first = serving(npm, port);
        Process[] second = new Process[1];
        try (ToolScene scene =
                scene(
                        "mcp_settings: {servers: [{name: every, url: \"http://127.0.0.1:%d/mcp\"}]}"
                                .formatted(port))) {
            awaitTool(scene);
            JsonNode tools = Json.read(scene.get("/tools")).path("data");
            assertThat(tools.valueStream().map(tool -> tool.path("name").asText()))
                    .contains("every__echo")
                    .allMatch(name -> name.startsWith("every__"));

            String answer =
                    underAnAgent(
                            scene,
                            () -> {
                                first.destroyForcibly().waitFor();
                                Waiting.until(() -> state(scene).equals("down"));
                                assertThat(scene.get("/tools")).doesNotContain("every__echo");
                                second[0] = serving(npm, port);
                            });

            assertThat(answer).matches("(tool_unavailable|outcome_unknown), then .*call \\d+");
            assertThat(state(scene)).isEqualTo("connected");
            assertThat(scene.get("/metrics"))
                    .contains("magic_proxy_mcp_servers{server=\"every\",state=\"connected\"} 1");
        } finally {
            first.destroyForcibly();
            if (second[0] != null) {
                second[0].destroyForcibly();
            }
        }
    }

    private ToolScene scene(String server) throws Exception {
        ToolScene scene = ToolScene.start(folder, "in_process", server);
        Files.writeString(folder.resolve("patterns/stubborn.js"), STUBBORN);
        Waiting.until(() -> scene.get("/admin/patterns").contains("\"stubborn\""));
        return scene;
    }

    private static void awaitTool(ToolScene scene) throws Exception {
        Waiting.until(() -> !scene.get("/tools/every__echo").contains("\"error\""));
    }

    private interface Mischief {
        void happens() throws Exception;
    }

    /** The agent's answer. */
    private static String underAnAgent(ToolScene scene, Mischief mischief) throws Exception {
        var run = new FutureTask<>(() -> scene.session("stubborn", "{}").getLast());
        Thread.ofVirtual().start(run);
        Waiting.until(() -> scene.get("/v1/react/sessions").contains("\"state\":\"running\""));
        mischief.happens();
        return run.get().at("/payload/text").asText();
    }

    private static String state(ToolScene scene) throws Exception {
        return Json.read(scene.get("/admin/tools")).at("/mcp_servers/0/state").asText();
    }

    private static void killChild() {
        children().forEach(ProcessHandle::destroyForcibly);
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains(PROGRAM))
                .filter(process -> process.info().commandLine().orElse("").endsWith("stdio"))
                .toList();
    }

    private static Path program(McpClients npm) {
        return npm.folder().resolve("node_modules/@modelcontextprotocol").resolve(PROGRAM);
    }

    private static Process serving(McpClients npm, int port) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(npm.node(), program(npm).toString(), "streamableHttp")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("PORT", String.valueOf(port));
        return builder.start();
    }
}
