package io.magicproxy.tool.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.config.Option;
import io.magicproxy.scenario.ScenarioReport;
import io.magicproxy.testing.SharedSandbox;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents show of tools' scenarios works as they say. */
class ToolScenarioDocsTest {
    private static final Path TOOLS = Path.of("..", "docs", "tools.md");
    private static final Path POWERS = Path.of("..", "docs", "tools-powers.md");
    private static final Pattern FILE =
            Pattern.compile("(?ms)^```\\w+\\n(?://|#) tools/(\\S+)\\n(.*?)^```");

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"roman.js", "weather.js"})
    void an_example_keeps_its_scenarios(String name) throws IOException {
        ScenarioReport report = examples(name);

        assertThat(report.passed()).as(report.text()).isTrue();
    }

    @Test
    void the_report_that_is_shown_is_the_examples() throws IOException {
        String told = examples("weather.js").text(true).replace(folder.toString(), "tools");

        assertThat(Files.readString(TOOLS)).contains(told + "\n2 passed, 0 failed");
    }

    @Test
    void every_key_is_explained() throws IOException {
        String docs = Files.readString(TOOLS);
        String section = docs.substring(docs.indexOf("## Scenarios"));

        for (var type :
                List.of(
                        ToolScenario.class,
                        ToolScenario.Call.class,
                        ToolScenario.Fetch.class,
                        ToolScenario.Answer.class,
                        ToolScenario.Agent.class,
                        ToolScenario.Expected.class)) {
            Arrays.stream(type.getRecordComponents())
                    .filter(it -> it.isAnnotationPresent(Option.class))
                    .map(ToolScenarioDocsTest::key)
                    .forEach(key ->
                            assertThat(section).containsPattern("`(expect\\.)?" + key + "[`.]"));
        }
    }

    private static String key(RecordComponent component) {
        return component.getName().replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    private ScenarioReport examples(String name) throws IOException {
        for (Path doc : List.of(TOOLS, POWERS)) {
            for (var file : FILE.matcher(Files.readString(doc)).results().toList()) {
                Files.writeString(folder.resolve(file.group(1)), file.group(2));
            }
        }
        return new ToolScenarioRunner(SharedSandbox.RUNTIME).run(folder.resolve(name));
    }
}
