package io.magicproxy.config;

import static io.magicproxy.config.Reading.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What comes from the environment may be a secret, wherever it was put by mistake. */
class SecretsStaySecretTest {
    private static final String SECRET = "sk-very-secret-4711";
    private static final Map<String, String> ENVIRONMENT = Map.of("KEY", SECRET);

    enum Mode {
        ONE
    }

    record Sample(
            @Option("A secret.") Optional<SecretRef> apiKey,
            @Option(value = "A time.", standard = "1s") Duration time,
            @Option(value = "A count.", standard = "1") int count,
            @Option(value = "A mode.", standard = "one") Mode mode,
            @Option("Names.") List<String> names,
            @Option("Nested.") Nested nested) {}

    record Nested(@Rest("Anything.") ObjectNode rest) {}

    @Test
    void a_secret_does_not_show_itself() {
        for (String yaml : List.of("api_key: os.environ/KEY", "api_key: " + SECRET)) {
            var result = Reading.read(yaml, Sample.class, ENVIRONMENT);

            assertThat(result).isInstanceOf(ConfigReader.Result.Loaded.class);
            assertThat(result.toString())
                    .contains("apiKey=Optional[secret")
                    .doesNotContain("secret-4711");
        }
    }

    @Test
    void no_problem_shows_what_came_from_the_environment() {
        var result =
                Reading.read(
                        """
                        time: ${KEY}
                        count: os.environ/KEY
                        mode: x${KEY}
                        nested: ${KEY}
                        """,
                        Sample.class,
                        ENVIRONMENT);

        assertThat(lines(result))
                .hasSize(4)
                .allMatch(p -> p.contains("the value of KEY"))
                .noneMatch(p -> p.contains("4711"));
    }

    @Test
    void nor_does_the_tree_that_was_read() {
        Problems problems = new Problems();
        var node =
                new YamlReader(new EnvironmentReferences(Environment.of(ENVIRONMENT)), problems)
                        .read("a: [os.environ/KEY, '${KEY}']".getBytes(StandardCharsets.UTF_8));

        assertThat(node.orElseThrow().toString())
                .contains("the value of KEY")
                .doesNotContain("4711");
    }

    @Test
    void a_secret_is_one_line_without_the_spaces_around_it() {
        var environment = Map.of("KEY", " " + SECRET + "\n", "TWO", "a\nX-Header: b");

        assertThat(Reading.read("api_key: ${KEY}", Sample.class, environment))
                .isInstanceOfSatisfying(
                        ConfigReader.Result.Loaded.class,
                        loaded ->
                                assertThat(
                                                ((Sample) loaded.config())
                                                        .apiKey()
                                                        .flatMap(SecretRef::value))
                                        .contains(SECRET));
        assertThat(lines(Reading.read("api_key: ${TWO}", Sample.class, environment)))
                .containsExactly("f.yaml:1:10 api_key: must be one line of plain characters");
    }
}
