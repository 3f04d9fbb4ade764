package io.magicproxy.tool.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.plugin.LoadReport;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.plugin.VersionStore;
import io.magicproxy.sandbox.Language;
import io.magicproxy.scenario.ScenarioReport;
import io.magicproxy.testing.SharedSandbox;
import io.magicproxy.tool.script.ScriptToolLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every tool in the top-level folder keeps its scenarios. */
class ShippedToolScenariosTest {
    private static final Path FOLDER = Path.of("..", "tools");

    static List<Path> tools() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> Language.of(file.toString()).isPresent())
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith("_"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("tools")
    void a_tool_keeps_its_scenarios_and_fails_in_one_of_them(Path file) {
        ScenarioReport report = new ToolScenarioRunner(SharedSandbox.RUNTIME).run(file);

        assertThat(report.passed()).as(report.text()).isTrue();
        assertThat(report.results())
                .anySatisfy(one -> assertThat(one.trace().getLast()).startsWith("result "))
                .anySatisfy(one -> assertThat(one.trace().getLast()).startsWith("error  "));
    }

    @Test
    void the_tools_of_the_product_are_all_there() throws IOException {
        assertThat(tools())
                .extracting(file -> String.valueOf(file.getFileName()))
                .contains(
                        "calculator.js",
                        "current_time.py",
                        "expert_advice.py",
                        "http_get.js",
                        "web_search.js");
    }

    @Test
    void the_folder_serves_its_tools_and_neither_typings_nor_scenarios(@TempDir Path data)
            throws IOException {
        var loader = new ScriptToolLoader(() -> SharedSandbox.RUNTIME, InstantSource.system());
        var registry =
                new PluginRegistry<>(
                        FOLDER, loader::described, new VersionStore(data), InstantSource.system());

        assertThat(registry.look()).isTrue();
        registry.look();

        assertThat(FOLDER.resolve("web_search.scenario.yaml")).exists();
        assertThat(registry.reports().values())
                .extracting(LoadReport::file)
                .containsExactlyInAnyOrderElementsOf(
                        tools().stream().map(file -> String.valueOf(file.getFileName())).toList());
        assertThat(registry.reports().values()).allMatch(report -> report.failure().isEmpty());
    }
}
