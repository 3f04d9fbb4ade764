package io.magicproxy.config;

import static io.magicproxy.config.Reading.good;
import static io.magicproxy.config.Reading.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.ConfigReader.Result;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BinderTest {
    enum Mode {
        AS_IT_COMES,
        EVENLY
    }

    record Inner(
            @Option(value = "Needed.", example = "x") String name,
            @Option(value = "A count.", standard = "3", min = 1) int count,
            @Rest("More.") ObjectNode more) {}

    record Sample(
            @Option(value = "A switch.", standard = "false") boolean enabled,
            @Option(value = "A mode.", standard = "as_it_comes") Mode typeMode,
            @Option(value = "A time.", standard = "10s", min = 1) Duration timeLimit,
            @Option(value = "A size.", standard = "8MiB", min = 1) DataSize size,
            @Option(value = "A price.", min = 0) Optional<BigDecimal> price,
            @Option(value = "A limit.", min = 1) Optional<Integer> limit,
            @Option("Names.") List<String> names,
            @Option("Chains.") Map<String, List<String>> chains,
            @Option("Inner ones.") List<Inner> inners,
            @Option("Anything.") JsonNode free) {}

    @Test
    void an_empty_file_gives_the_defaults() {
        assertThat(good("", Sample.class)).isEqualTo(ConfigReader.defaults(Sample.class));
        assertThat(good("# nothing\n", Sample.class))
                .isEqualTo(ConfigReader.defaults(Sample.class));
        Sample sample = good("", Sample.class);
        assertThat(sample.typeMode()).isEqualTo(Mode.AS_IT_COMES);
        assertThat(sample.timeLimit()).isEqualTo(Duration.ofSeconds(10));
        assertThat(sample.size()).isEqualTo(new DataSize(8 << 20));
        assertThat(sample.names()).isEmpty();
    }

    @Test
    void every_type_is_read() {
        Sample sample =
                good(
                        """
                        enabled: yes
                        type_mode: evenly
                        time_limit: 1.5
                        size: 2MB
                        price: 0.00000125
                        limit: 1_000
                        names: [a, 5, true]
                        chains: {main: [x, y], single: z}
                        inners: [{name: n, count: 7, other: {deep: [1, null]}}]
                        free: [anything, {goes: here}]
                        """,
                        Sample.class);

        assertThat(sample.enabled()).isTrue();
        assertThat(sample.typeMode()).isEqualTo(Mode.EVENLY);
        assertThat(sample.timeLimit()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(sample.size()).isEqualTo(new DataSize(2_000_000));
        assertThat(sample.price()).contains(new BigDecimal("0.00000125"));
        assertThat(sample.limit()).contains(1_000);
        assertThat(sample.names()).containsExactly("a", "5", "true");
        assertThat(sample.chains())
                .isEqualTo(Map.of("main", List.of("x", "y"), "single", List.of("z")));
        assertThat(sample.inners().getFirst().count()).isEqualTo(7);
        assertThat(sample.inners().getFirst().more())
                .hasToString("{\"other\":{\"deep\":[1,null]}}");
        assertThat(sample.free()).hasToString("[\"anything\",{\"goes\":\"here\"}]");
    }

    @Test
    void durations_and_sizes_have_their_units() {
        Map<String, Duration> durations =
                Map.of(
                        "500ms", Duration.ofMillis(500),
                        "2", Duration.ofSeconds(2),
                        "2s", Duration.ofSeconds(2),
                        "2m", Duration.ofMinutes(2),
                        "1.5h", Duration.ofMinutes(90),
                        "7d", Duration.ofDays(7));
        durations.forEach((text, value) ->
                assertThat(good("time_limit: " + text, Sample.class).timeLimit()).isEqualTo(value));
        Map<String, Long> sizes =
                Map.of(
                        "17",
                        17L,
                        "17b",
                        17L,
                        "4KiB",
                        4_096L,
                        "4kB",
                        4_000L,
                        "1.5MiB",
                        1_572_864L,
                        "2GiB",
                        2L << 30);
        sizes.forEach((text, bytes) ->
                assertThat(good("size: " + text, Sample.class).size().bytes()).isEqualTo(bytes));
    }

    @Test
    void null_means_the_default_and_is_passed_on_where_anything_may_stand() {
        assertThat(good("time_limit: null\nnames:\nchains: ~\nfree: null", Sample.class))
                .usingRecursiveComparison()
                .ignoringFields("free")
                .isEqualTo(ConfigReader.defaults(Sample.class));
        Inner inner = good("{name: n, temperature: null}", Inner.class);
        assertThat(inner.more().has("temperature")).isTrue();
        assertThat(inner.more().get("temperature").isNull()).isTrue();
        assertThat(inner.more().has("top_p")).isFalse();
    }

    @Test
    void a_list_of_mappings_may_stand_for_a_mapping() {
        assertThat(good("chains: [{a: [x]}, {b: [y]}]", Sample.class).chains())
                .isEqualTo(Map.of("a", List.of("x"), "b", List.of("y")));
        assertThat(problems("chains: [{a: [x]}, {a: [y]}]"))
                .containsExactly("f.yaml:1:21 chains[1].a: stands here twice; remove one");
    }

    @Test
    void all_problems_are_found_at_once_each_with_its_place() {
        assertThat(
                        problems(
                                """
                                enabled: maybe
                                type_mode: evenli
                                time_limit: soon
                                size: big
                                price: cheap
                                limit: 1.5
                                names: {a: b}
                                chains: {main: {a: b}}
                                inners:
                                  - count: 0
                                  - name: ""
                                  - text
                                time_limt: 5
                                """))
                .containsExactly(
                        "f.yaml:1:10 enabled: must be true or false, not \"maybe\"",
                        "f.yaml:2:12 type_mode: must be one of as_it_comes, evenly, not \"evenli\"; did you mean"
                                + " \"evenly\"?",
                        "f.yaml:3:13 time_limit: must be a duration (seconds, or such as 500ms, 2m, 7d), not \"soon\"",
                        "f.yaml:4:7 size: must be a size (bytes, or such as 64KiB, 8MiB), not \"big\"",
                        "f.yaml:5:8 price: must be a number, not \"cheap\"",
                        "f.yaml:6:8 limit: must be a whole number, not \"1.5\"",
                        "f.yaml:7:8 names: must be text, not a mapping",
                        "f.yaml:8:16 chains.main: must be text, not a mapping",
                        "f.yaml:10:5 inners[0]: needs \"name\": Needed.",
                        "f.yaml:10:12 inners[0].count: must be at least 1",
                        "f.yaml:11:11 inners[1].name: must not be empty",
                        "f.yaml:12:5 inners[2]: must be a mapping, not \"text\"",
                        "f.yaml:12:5 inners[2]: needs \"name\": Needed.",
                        "f.yaml:13:1 time_limt: is not a known key; did you mean \"time_limit\"?");
    }

    @Test
    void limits_hold_for_every_type_and_for_what_may_be_absent() {
        assertThat(problems("{time_limit: 0, size: 0, price: -1, limit: 0}"))
                .containsExactly(
                        "f.yaml:1:14 time_limit: must be longer than 0",
                        "f.yaml:1:23 size: must be at least 1",
                        "f.yaml:1:33 price: must be at least 0",
                        "f.yaml:1:44 limit: must be at least 1");
    }

    @Test
    void numbers_beyond_all_measure_are_refused() {
        assertThat(problems("price: 1e999999999")).hasSize(1);
        assertThat(problems("price: " + "9".repeat(1_000))).hasSize(1);
        assertThat(problems("limit: 99999999999")).hasSize(1);
        assertThat(problems("time_limit: 999999999999d")).hasSize(1);
    }

    @Test
    void nothing_in_a_list_is_a_problem() {
        assertThat(problems("names: [a, null]\nchains: {a: [~]}"))
                .containsExactly(
                        "f.yaml:1:12 names[1]: must be text, not nothing",
                        "f.yaml:2:14 chains.a[0]: must be text, not nothing");
    }

    @Test
    void the_root_must_be_a_mapping() {
        assertThat(problems("[a, b]")).containsExactly("f.yaml:1:1: must be a mapping, not a list");
        assertThat(problems("text")).containsExactly("f.yaml:1:1: must be a mapping, not \"text\"");
    }

    @Test
    void text_is_one_line_and_messages_are_too() {
        assertThat(problems("names: [\"a\\nb\", \"a\\0b\"]\n\"x\\e[2J\\ny\": 1"))
                .containsExactly(
                        "f.yaml:1:9 names[0]: must be one line of plain characters",
                        "f.yaml:1:17 names[1]: must be one line of plain characters",
                        "f.yaml:2:1 x [2J y: is not a known key");
    }

    @Test
    void a_slip_among_what_is_passed_on_is_noted() {
        Result<Inner> result = Reading.read("{name: n, cuont: 5}", Inner.class, Map.of());

        assertThat(result).isInstanceOf(Result.Loaded.class);
        assertThat(lines(result))
                .containsExactly("f.yaml:1:11 cuont: is taken as it is; did you mean \"count\"?");
    }

    @Test
    void a_mistake_in_an_anchor_is_said_once() {
        assertThat(
                        problems(
                                """
                                free: {base: &base {count: none}}
                                inners:
                                  - {<<: *base, name: a}
                                  - {<<: *base, name: b}
                                """))
                .containsExactly(
                        "f.yaml:1:28 inners[0].count: must be a whole number, not \"none\"");
    }

    @Test
    void a_whole_number_that_is_too_large_is_told_the_limit() {
        assertThat(problems("limit: 100000000000"))
                .containsExactly(
                        "f.yaml:1:8 limit: must be a whole number of at most 2147483647, not"
                                + " \"100000000000\"");
    }

    @Test
    void what_is_read_cannot_be_changed() {
        Sample sample = good("{names: [a], chains: {a: [b]}}", Sample.class);

        assertThatThrownBy(() -> sample.names().add("x"))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> sample.chains().put("x", List.of()))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private static List<String> problems(String yaml) {
        return lines(Reading.read(yaml, Sample.class, Map.of()));
    }
}
