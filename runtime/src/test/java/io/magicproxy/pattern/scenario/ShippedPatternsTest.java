package io.magicproxy.pattern.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.pattern.PatternLoader;
import io.magicproxy.pattern.PatternScript;
import io.magicproxy.plugin.LoadReport;
import io.magicproxy.plugin.PluginRegistry;
import io.magicproxy.plugin.ScriptFiles;
import io.magicproxy.plugin.VersionStore;
import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.ScriptRuntime;
import io.magicproxy.scenario.ScenarioReport;
import io.magicproxy.testing.SharedSandbox;
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

/** Every pattern in the top-level folder keeps its scenarios. */
class ShippedPatternsTest {
    private static final Path FOLDER = Path.of("..", "patterns");
    private static final ScriptRuntime RUNTIME = SharedSandbox.RUNTIME;

    static List<Path> patterns() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> Language.of(file.toString()).isPresent())
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith("_"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void a_pattern_keeps_its_scenarios(Path file) {
        ScenarioReport report = new ScenarioRunner(RUNTIME).run(file);

        assertThat(report.passed()).as(report.text()).isTrue();
        assertThat(report.results()).hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void a_pattern_says_what_it_is_and_where_it_comes_from(Path file) throws Exception {
        PatternScript pattern =
                new PatternLoader(() -> RUNTIME, InstantSource.system())
                        .load("shipped", ScriptFiles.bundle(file));

        assertThat(pattern.title()).isNotEqualTo("shipped");
        assertThat(pattern.description()).isNotBlank();
        assertThat(pattern.manifest().path("tags")).isNotEmpty();
        assertThat(Files.readAllLines(file).getFirst())
                .containsPattern("arXiv:[0-9]{4}\\.[0-9]{5}");
    }

    @Test
    void the_folder_serves_its_patterns_and_neither_typings_nor_scenarios(@TempDir Path data)
            throws IOException {
        var registry =
                new PluginRegistry<>(
                        FOLDER,
                        new PatternLoader(() -> RUNTIME, InstantSource.system()),
                        new VersionStore(data),
                        InstantSource.system());

        assertThat(registry.look()).isTrue();
        registry.look();

        assertThat(FOLDER.resolve("magic-proxy.d.ts")).exists();
        assertThat(FOLDER.resolve("magic_proxy.pyi")).exists();
        assertThat(registry.reports().values())
                .extracting(LoadReport::file)
                .containsExactlyInAnyOrderElementsOf(
                        patterns().stream()
                                .map(file -> String.valueOf(file.getFileName()))
                                .toList());
        assertThat(registry.reports().values()).allMatch(report -> report.failure().isEmpty());
    }

    @Test
    void the_patterns_of_the_product_are_all_there() throws IOException {
        assertThat(patterns())
                .extracting(file -> String.valueOf(file.getFileName()))
                .contains(
                        "basic_react.js",
                        "deep_research_react.py",
                        "deepseek_react.py",
                        "expert_delegation_react.js",
                        "sonata_react.js",
                        "standard_gemini_react.js");
    }
}
