package io.magicproxy.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.server.SdkFolder;
import io.magicproxy.server.TestGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official npm SDK's client uses what the project ships. */
class McpClientTest {
    private static final String MASTER = "mk-for-the-mcp-client";

    @Test
    void the_npm_sdks_client(@TempDir Path folder) throws Exception {
        McpClients clients = McpClients.installed();
        Path root = Path.of(System.getProperty("project.root", ".."));
        copy(root, folder, "tools", ".js");
        copy(root, folder, "patterns", "standard_gemini_react.js");
        copy(root, folder, "system_prompts", ".md");
        copy(root, folder, "manifests", ".md");
        String config = Files.readString(root.resolve("proxy_config.yaml"));
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .config(
                                config.replace(
                                                "security_settings:",
                                                "security_settings:\n  master_key: " + MASTER)
                                        .replace(
                                                "sandbox_settings:\n",
                                                "sandbox_settings:\n  isolation: in_process\n"))
                        .start()) {
            assertThat(
                            SdkFolder.run(
                                    clients.folder(),
                                    clients.node(),
                                    "client.mjs",
                                    gateway.uri("/mcp").toString(),
                                    MASTER,
                                    folder.toString()))
                    .contains("8 passed, 0 failed");
        }
    }

    private static void copy(Path from, Path to, String name, String ending) throws Exception {
        Path folder = Files.createDirectories(to.resolve(name));
        try (var files = Files.list(from.resolve(name))) {
            for (Path file : files.filter(each -> each.toString().endsWith(ending)).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }
}
