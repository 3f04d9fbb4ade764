package io.magicproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.config.ConfigNode.Mapping;
import io.magicproxy.config.ConfigNode.Scalar;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlReaderTest {
    private final Problems problems = new Problems();

    @Test
    void every_value_knows_its_path_and_its_place() {
        ConfigNode item =
                at(
                        """
                        router_settings:
                          model_group_alias:
                            main-gpt: [azure, "azure_bakup"]
                        """,
                        "router_settings",
                        "model_group_alias",
                        "main-gpt",
                        "1");

        assertThat(item.path()).isEqualTo("router_settings.model_group_alias.main-gpt[1]");
        assertThat(item.place()).isEqualTo(new Place(3, 23, 36));
    }

    @Test
    void a_merged_value_has_the_path_of_its_use_and_the_place_where_it_is_written() {
        String yaml =
                """
                base: &base
                  timeout: 5
                  weight: 1
                use:
                  <<: *base
                  weight: 2
                """;

        assertThat(at(yaml, "use", "timeout").path()).isEqualTo("use.timeout");
        assertThat(at(yaml, "use", "timeout").place()).isEqualTo(new Place(2, 12, 13));
        assertThat(at(yaml, "use", "weight").place()).isEqualTo(new Place(6, 11, 12));
        assertThat(problems.all()).isEmpty();
    }

    @Test
    void of_several_merges_the_first_wins_and_merges_of_merges_count() {
        String yaml =
                """
                a: &a {x: 1}
                b: &b {<<: *a, x: 2, y: 2}
                c: &c {z: 3, y: 3}
                list: {<<: [*b, *c]}
                twice:
                  <<: *c
                  <<: *a
                """;

        assertThat(text(yaml, "list", "x")).isEqualTo("2");
        assertThat(text(yaml, "list", "y")).isEqualTo("2");
        assertThat(text(yaml, "list", "z")).isEqualTo("3");
        assertThat(text(yaml, "twice", "x")).isEqualTo("1");
        assertThat(problems.all()).isEmpty();
    }

    @Test
    void what_is_merged_must_be_a_mapping() {
        read("a: {<<: 5}");

        assertThat(said())
                .containsExactly("f:1:9 a: \"<<\" takes a mapping, usually an alias such as *name");
    }

    @Test
    void a_key_that_stands_twice_is_a_problem_at_the_second_place() {
        read("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n");

        assertThat(said())
                .containsExactly(
                        "f:4:3 b.c: stands here twice; remove one",
                        "f:5:1 a: stands here twice; remove one");
    }

    @Test
    void a_key_must_be_a_word() {
        read("? [a]\n: 1\n");
        read("? " + "k".repeat(300) + "\n: 1\n");

        assertThat(said()).containsOnly("f:1:3: a key must be a plain word");
    }

    @Test
    void syntax_errors_have_their_place_and_fit_on_a_line() {
        read("a: 1\nb: [1, 2\nc: 3\n");

        assertThat(said()).hasSize(1);
        assertThat(said().getFirst()).startsWith("f:3:2: YAML: ").doesNotContain("\n");
    }

    @Test
    void tabs_are_called_by_their_name() {
        read("a:\n\tb: 1\n");

        assertThat(said())
                .singleElement()
                .asString()
                .startsWith("f:2:1: ")
                .contains("indent with spaces");
    }

    @Test
    void tags_are_refused_wherever_they_stand() {
        read(
                """
                a: !!java.net.URL [http://127.0.0.1]
                b: !mine {c: 1}
                d: !!binary aGk=
                e: !!set {x, y}
                f: !!bool perhaps
                """);

        assertThat(said())
                .containsExactly(
                        "f:1:4 a: the tag tag:yaml.org,2002:java.net.URL is not allowed; remove it",
                        "f:2:4 b: the tag !mine is not allowed; remove it",
                        "f:3:4 d: the tag tag:yaml.org,2002:binary is not allowed; remove it",
                        "f:4:4 e: the tag tag:yaml.org,2002:set is not allowed; remove it",
                        "f:5:4 f: must be true or false");
    }

    @Test
    void bytes_that_are_no_text_are_a_problem_with_a_place() {
        new YamlReader(new EnvironmentReferences(Environment.of(Map.of())), problems)
                .read(new byte[] {'a', ':', ' ', '1', '\n', 'b', ':', ' ', (byte) 0xFF, '\n'});

        assertThat(said())
                .containsExactly("f:2:4: this is not valid UTF-8; save the file in that encoding");
    }

    @Test
    void characters_that_yaml_forbids_are_a_problem_with_a_place() {
        read("a: 😀\nb: \u0001\n");

        assertThat(said()).containsExactly("f:2:4: the character U+0001 is not allowed; remove it");
    }

    @Test
    void a_byte_order_mark_and_windows_line_ends_are_read() {
        assertThat(text("\uFEFFa: 1\r\nb:\r\n  c: 2\r\n", "b", "c")).isEqualTo("2");
    }

    @Test
    void two_documents_in_one_file_are_a_problem() {
        read("a: 1\n---\nb: 2\n");

        assertThat(said()).singleElement().asString().startsWith("f:2:1: YAML: ");
    }

    @Test
    void a_bomb_of_aliases_is_defused() {
        StringBuilder lists = new StringBuilder("a0: &a0 [x, x]\n");
        StringBuilder merges = new StringBuilder("a0: &a0 {}\n");
        for (int i = 1; i < 30; i++) {
            lists.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9)));
            merges.append(
                    "a%d: &a%d {<<: [%s]}\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9)));
        }
        read(lists.toString());
        read(merges.toString());

        assertThat(said())
                .isNotEmpty()
                .allMatch(p -> p.contains("holds too much, once its aliases are followed"));
    }

    @Test
    void long_keys_and_texts_are_paid_for_each_time_an_alias_copies_them() {
        String key = "k".repeat(190);
        read(
                "? "
                        + key
                        + "\n: &a ["
                        + "x,".repeat(50)
                        + "]\nb:\n"
                        + ("- {" + key + ": *a}\n").repeat(9_000));
        assertThat(said()).singleElement().asString().contains("holds too much");
    }

    @Test
    void a_file_that_contains_itself_is_a_problem() {
        read("a: &a [*a]\n");
        read("b: &b {<<: *b}\n");
        read("c: &c {<<: [*c]}\n");

        assertThat(said()).isNotEmpty().allMatch(p -> p.contains("holds too much"));
    }

    @Test
    void nesting_without_an_end_is_a_problem() {
        read("a: " + "[".repeat(100_000));
        read("a: " + "{b: ".repeat(1_000));

        assertThat(said()).isNotEmpty().allMatch(p -> p.contains("YAML: "));
    }

    @Test
    void hundreds_of_profiles_may_share_an_anchor() {
        read("d: &d {x: {y: 1}}\nlist:\n" + "- {<<: *d}\n".repeat(1_000));

        assertThat(said()).isEmpty();
    }

    private void read(String yaml) {
        new YamlReader(new EnvironmentReferences(Environment.of(Map.of())), problems)
                .read(yaml.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> said() {
        return problems.all().stream().map(p -> p.format("f")).toList();
    }

    private ConfigNode at(String yaml, String... steps) {
        ConfigNode node =
                new YamlReader(new EnvironmentReferences(Environment.of(Map.of())), problems)
                        .read(yaml.getBytes(StandardCharsets.UTF_8))
                        .orElseThrow();
        for (String step : steps) {
            node =
                    switch (node) {
                        case Mapping m -> m.get(step).orElseThrow();
                        case ConfigNode.Sequence s -> s.items().get(Integer.parseInt(step));
                        case Scalar s -> throw new AssertionError(s);
                    };
        }
        return node;
    }

    private String text(String yaml, String... steps) {
        return at(yaml, steps) instanceof Scalar s ? s.text() : "no scalar";
    }
}
