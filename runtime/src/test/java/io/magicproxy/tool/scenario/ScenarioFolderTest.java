package io.magicproxy.tool.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.scenario.ScenarioYaml.Read;
import io.magicproxy.tool.secret.ToolEnvironments;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScenarioFolderTest {
    @Test
    void a_scenarios_files_and_secrets_are_there_as_written_until_it_is_over() {
        Path root;
        try (ScenarioFolder folder =
                ScenarioFolder.of(
                        "t",
                        scenario(
                                """
                                scenarios:
                                  - name: x
                                    env: {KEY: 'a "b" \\ c', PEM: "one\\n\\ttwo\\r", NUMBER: 7, HASH: 'a # b'}
                                    files: {docs/deep/a.md: "first\\nsecond", b.txt: ''}
                                    expect: {result: 1}
                                """))) {
            root = folder.root();

            assertThat(new ToolEnvironments(folder.env()).of("t"))
                    .isEqualTo(
                            Map.of(
                                    "KEY",
                                    "a \"b\" \\ c",
                                    "PEM",
                                    "one\n\ttwo\r",
                                    "NUMBER",
                                    "7",
                                    "HASH",
                                    "a # b"));
            assertThat(folder.files().resolve("docs/deep/a.md")).hasContent("first\nsecond");
            assertThat(folder.files().resolve("b.txt")).isEmptyFile();
        }
        assertThat(root).doesNotExist();
    }

    private static ToolScenario scenario(String yaml) {
        var read = ToolScenarioReader.YAML.read(yaml.getBytes(StandardCharsets.UTF_8), "t.yaml");
        assertThat(read).isInstanceOf(Read.Scenarios.class);
        return ((Read.Scenarios<ToolScenario>) read).scenarios().getFirst().scenario();
    }
}
