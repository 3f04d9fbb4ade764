package io.magicproxy.config;

import static io.magicproxy.config.Reading.lines;
import static io.magicproxy.config.Reading.read;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.ConfigReader.Result;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EnvironmentReferencesTest {
    record Sample(
            @Option(value = "A text.", standard = "-") String text,
            @Option(value = "A time.", standard = "1s") Duration time,
            @Option("May be absent.") Optional<String> maybe,
            @Option("A secret.") Optional<SecretRef> secret,
            @Rest("The rest.") ObjectNode rest) {}

    private static final Map<String, String> ENVIRONMENT =
            Map.of("NAME", "value", "TIME", "90", "WORD", "null", "BLANK", " ", "HARD", "$1\\${X}");

    @Test
    void each_form_is_replaced() {
        assertThat(sample("text: os.environ/NAME").text()).isEqualTo("value");
        assertThat(sample("text: ${NAME}").text()).isEqualTo("value");
        assertThat(sample("text: ${ABSENT:other}").text()).isEqualTo("other");
        assertThat(sample("text: ${NAME:other}").text()).isEqualTo("value");
        assertThat(sample("time: ${TIME}").time()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void references_may_stand_inside_a_text() {
        assertThat(sample("text: http://${NAME}.example:${PORT:80}/${NAME}").text())
                .isEqualTo("http://value.example:80/value");
        assertThat(sample("text: see os.environ/NAME").text()).isEqualTo("see os.environ/NAME");
    }

    @Test
    void a_value_is_not_read_for_references_again() {
        assertThat(sample("text: ${HARD}").text()).isEqualTo("$1\\${X}");
    }

    @Test
    void what_is_no_reference_stays_as_it_is() {
        assertThat(sample("text: '$NAME ${} ${1A} ${A-B} {NAME}'").text())
                .isEqualTo("$NAME ${} ${1A} ${A-B} {NAME}");
    }

    @Test
    void a_variable_that_is_not_set_or_blank_is_a_problem_that_says_what_to_do() {
        assertThat(
                        lines(
                                read(
                                        "text: ${BLANK}\ntime: os.environ/ABSENT",
                                        Sample.class,
                                        ENVIRONMENT)))
                .containsExactly(
                        "f.yaml:1:7 text: the environment variable BLANK is not set; set it, or write ${BLANK:default}",
                        "f.yaml:2:7 time: the environment variable ABSENT is not set; set it, or write"
                                + " ${ABSENT:default}");
    }

    @Test
    void so_it_is_among_what_is_passed_on() {
        assertThat(lines(read("user: {name: [os.environ/ABSENT]}", Sample.class, ENVIRONMENT)))
                .containsExactly(
                        "f.yaml:1:15 user.name[0]: the environment variable ABSENT is not set; set it, or write"
                                + " ${ABSENT:default}");
    }

    @Test
    void for_a_secret_it_is_a_note_and_the_variable_is_remembered() {
        Result<Sample> result = read("secret: os.environ/ABSENT", Sample.class, ENVIRONMENT);

        assertThat(result).isInstanceOf(Result.Loaded.class);
        assertThat(lines(result)).singleElement().asString().contains("ABSENT is not set");
        assertThat(sample("secret: os.environ/ABSENT").secret())
                .contains(new SecretRef(Optional.empty(), Optional.of("ABSENT")));
        assertThat(sample("secret: os.environ/NAME").secret())
                .contains(new SecretRef(Optional.of("value"), Optional.of("NAME")));
    }

    @Test
    void without_quotes_the_value_is_what_it_would_be_in_its_place() {
        assertThat(sample("x: ${TIME}").rest().get("x").isNumber()).isTrue();
        assertThat(sample("x: ${ABSENT:0.5}").rest().get("x").decimalValue())
                .isEqualByComparingTo("0.5");
        assertThat(sample("x: ${ABSENT:true}").rest().get("x").isBoolean()).isTrue();
        assertThat(sample("x: ${ABSENT:null}").rest().get("x").isNull()).isTrue();
        assertThat(sample("x: '${TIME}'").rest().get("x").isTextual()).isTrue();
    }

    @Test
    void an_empty_default_means_absent() {
        assertThat(sample("maybe: ${ABSENT:}").maybe()).isEmpty();
        assertThat(sample("maybe: '${ABSENT:}'").maybe()).isEmpty();
        assertThat(sample("text: ${ABSENT:}").text()).isEqualTo("-");
    }

    @Test
    void a_variable_that_spells_null_is_still_set() {
        assertThat(sample("secret: ${WORD}").secret().flatMap(SecretRef::value)).contains("null");
    }

    private static Sample sample(String yaml) {
        return switch (read(yaml, Sample.class, ENVIRONMENT)) {
            case Result.Loaded<Sample> loaded -> loaded.config();
            case Result.Invalid<Sample> invalid -> throw new AssertionError(lines(invalid));
        };
    }
}
