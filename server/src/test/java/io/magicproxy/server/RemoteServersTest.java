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

    /** Uses its tool until it is told that it's over, and then once more, when it must be there. */
    private static final String STUBBORN =
            """
            export async function run(ctx) {
              const failures = new Set();
              for (let i = 0; !await ctx.tool('over', {}); i++) {
                try {
                  await ctx.tool('every__echo', { message: `call ${i}` });
                  if (i === 0) ctx.step('used it');
                } catch (e) {
                  failures.add(e.code);
                }
                await ctx.sleep(20);
              }
              const said = await ctx.tool('every__echo', { message: 'at last' });
              return `${[...failures].sort()}: ${said}`;
            }
            """;

    private static final String ANSWER = "(outcome_unknown)?,?(tool_unavailable)?: .*at last.*";

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

            List<ProcessHandle> before = children();
            String answer =
                    underAnAgent(
                            scene,
                            () -> {
                                before.forEach(ProcessHandle::destroyForcibly);
                                Waiting.until(
                                        () -> before.stream().noneMatch(ProcessHandle::isAlive));
                                Waiting.until(() -> !children().isEmpty());
                                Waiting.until(() -> state(scene).equals("connected"));
                            });

            assertThat(before).hasSize(1);
            assertThat(answer).matches(ANSWER);
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
                    .allMatch(name -> name.startsWith("every__") || name.equals("over"));

            String answer =
                    underAnAgent(
                            scene,
                            () -> {
                                first.destroyForcibly().waitFor();
                                Waiting.until(() -> state(scene).equals("down"));
                                assertThat(scene.get("/tools")).doesNotContain("every__echo");
                                second[0] = serving(npm, port);
                                Waiting.until(() -> state(scene).equals("connected"));
                            });

            assertThat(answer).matches(ANSWER).contains("tool_unavailable");
            assertThat(scene.get("/metrics")).contains("server=\"every\",state=\"connected\"} 1.0");
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
        scene.saveAndAwait("over.js", "export const run = () => false;");
        Waiting.until(() -> scene.get("/admin/patterns/stubborn").contains("\"serving\""));
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
        Waiting.until(() -> run.isDone() || record(scene).contains("used it"));
        mischief.happens();
        scene.save("over.js", "export const run = () => true;");
        return run.get().at("/payload/text").asText();
    }

    /** Of the only session. */
    private static String record(ToolScene scene) throws Exception {
        String id = Json.read(scene.get("/v1/react/sessions")).at("/data/0/id").asText();
        return id.isEmpty() ? "" : scene.get("/v1/react/sessions/" + id);
    }

    private static String state(ToolScene scene) throws Exception {
        return Json.read(scene.get("/admin/tools")).at("/mcp_servers/0/state").asText();
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
