package io.magicproxy.pattern.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.scenario.ScenarioReport;
import io.magicproxy.testing.SharedSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code docs/patterns.md} shows works as it says. */
class PatternDocsTest {
    private static final Path DOCS = Path.of("..", "docs", "patterns.md");
    private static final Pattern FILE =
            Pattern.compile("(?ms)^```\\w+\\n(?://|#) patterns/(\\S+)\\n(.*?)^```");

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"second_look.js", "short_loop.py"})
    void an_example_keeps_its_scenario(String name) throws IOException {
        for (var file : FILE.matcher(Files.readString(DOCS)).results().toList()) {
            Files.writeString(folder.resolve(file.group(1)), file.group(2));
        }
        ScenarioReport report = new ScenarioRunner(SharedSandbox.RUNTIME).run(folder.resolve(name));

        assertThat(report.passed()).as(report.text()).isTrue();
    }

    @Test
    void every_member_of_ctx_is_explained() throws IOException {
        String docs = Files.readString(DOCS);

        for (String member : TypingsTest.typescript("Ctx")) {
            assertThat(docs).contains("ctx." + member);
        }
    }
}
