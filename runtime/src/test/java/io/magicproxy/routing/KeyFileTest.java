package io.magicproxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyFileTest {
    private static final String NAME = "keys_pool_openai.env";

    @Test
    void keys_stand_one_a_line_with_settings_and_comments() {
        KeyFile file =
                KeyFile.parse(
                        NAME,
                        """
                        # the team's keys
                        sk-first-0123456789

                          sk-second-0123456789 weight=2 rpm=500  # the big account
                        """);
        assertThat(file.problems()).isEmpty();
        assertThat(file.keys()).hasSize(2);
        assertThat(file.keys().get(0).key().reveal()).isEqualTo("sk-first-0123456789");
        assertThat(file.keys().get(0).weight()).isEqualTo(1);
        assertThat(file.keys().get(0).rpm()).isEmpty();
        assertThat(file.keys().get(1).weight()).isEqualTo(2);
        assertThat(file.keys().get(1).rpm()).isEqualTo(Optional.of(500));
    }

    @Test
    void lines_of_an_environment_file_are_read_too() {
        KeyFile file =
                KeyFile.parse(
                        NAME,
                        "\uFEFFOPENAI_API_KEY=sk-first\r\nexport OPENAI_API_KEY='sk-second'\r\nX_KEY=\"sk-third\" rpm=3");
        assertThat(file.problems()).noneMatch(p -> p.contains(":1:") || p.contains(":3:"));
        assertThat(file.keys().getFirst().key().reveal()).isEqualTo("sk-first");
        assertThat(file.keys().getLast().key().reveal()).isEqualTo("sk-third");
        assertThat(file.keys().getLast().rpm()).isEqualTo(Optional.of(3));
    }

    @Test
    void export_with_a_space_is_read_as_a_shell_would() {
        KeyFile file = KeyFile.parse(NAME, "export OPENAI_API_KEY='sk-second' weight=3");
        assertThat(file.problems()).isEmpty();
        assertThat(file.keys().getFirst().key().reveal()).isEqualTo("sk-second");
        assertThat(file.keys().getFirst().weight()).isEqualTo(3);
    }

    @Test
    void problems_name_the_line_and_show_no_key() {
        KeyFile file =
                KeyFile.parse(
                        NAME,
                        """
                        sk-secret-one
                        sk-secret-one rpm=3
                        sk-secret-two wieght=2 rpm=0
                        weight=2 sk-secret-three
                        sk-sécret-four
                        OPENAI_API_KEY=
                        """);
        assertThat(file.keys()).hasSize(2);
        assertThat(file.keys().getFirst().rpm()).isEmpty();
        assertThat(file.problems())
                .hasSize(6)
                .allMatch(p -> p.startsWith(NAME + ":"))
                .noneMatch(p -> p.contains("cret"));
        assertThat(file.problems())
                .extracting(p -> p.substring(NAME.length() + 1, NAME.length() + 2))
                .containsExactly("2", "3", "3", "4", "5", "6");
    }

    @Test
    void a_file_of_comments_holds_no_key() {
        assertThat(KeyFile.parse(NAME, "# nothing\n\n   # yet").keys()).isEmpty();
    }
}
