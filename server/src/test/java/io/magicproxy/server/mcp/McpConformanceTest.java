package io.magicproxy.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.gateway.Additions;
import io.magicproxy.server.SdkFolder;
import io.magicproxy.server.TestGateway;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol's official conformance suite, with the fixtures that it asks for. */
class McpConformanceTest {
    private static final int SCORED = 30;

    @Test
    void every_scenario_of_the_newest_revision_passes(@TempDir Path folder) throws Exception {
        McpClients clients = McpClients.installed();
        var fixtures =
                new Additions(
                        List.of(new FixtureTools()),
                        List.of(new FixturePrompts()),
                        List.of(new FixtureResources()));
        try (TestGateway gateway =
                TestGateway.in(folder)
                        .config(
                                "model_list: [{model_name: sim, provider: simulator, model_params: {model: chat}}]")
                        .additions(fixtures)
                        .start()) {
            String said =
                    SdkFolder.run(
                            clients.folder(),
                            clients.node(),
                            "node_modules/@modelcontextprotocol/conformance/dist/index.js",
                            "server",
                            "--url",
                            gateway.uri("/mcp").toString(),
                            "--requirements",
                            "2025-11-25");
            List<String> scenarios =
                    said.lines()
                            .filter(line -> line.matches("\\S+ \\S+: \\d+ passed, .*"))
                            .toList();
            assertThat(scenarios)
                    .as(said)
                    .hasSizeGreaterThanOrEqualTo(SCORED)
                    .allMatch(line -> line.endsWith(" passed, 0 failed"));
        }
    }
}
