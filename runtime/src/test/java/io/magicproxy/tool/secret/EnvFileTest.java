package io.magicproxy.tool.secret;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EnvFileTest {
    @Test
    void lines_are_read_as_dotenv_files_are_written() {
        EnvFile file =
                EnvFile.parse(
                        """
                        \uFEFF# a comment
                        PLAIN=abc def
                          export SPACED =  x y  # a comment after it
                        HASH=a#b
                        EMPTY=
                        ONLY_COMMENT= # nothing
                        DOUBLE="a \\"b\\" # c\\n$HOME \\\\" # a comment
                        SINGLE='a "b" \\n # c'
                        EQUALS=a=b==
                        TWICE=1
                        TWICE=2
                        """);

        assertThat(file.problems()).isEmpty();
        assertThat(file.values())
                .containsEntry("PLAIN", "abc def")
                .containsEntry("SPACED", "x y")
                .containsEntry("HASH", "a#b")
                .containsEntry("EMPTY", "")
                .containsEntry("ONLY_COMMENT", "")
                .containsEntry("DOUBLE", "a \"b\" # c\n$HOME \\")
                .containsEntry("SINGLE", "a \"b\" \\n # c")
                .containsEntry("EQUALS", "a=b==")
                .containsEntry("TWICE", "2")
                .hasSize(9);
    }

    @Test
    void a_bad_line_is_told_by_its_number_and_never_by_what_it_holds() {
        EnvFile file =
                EnvFile.parse(
                        """
                        GOOD=1
                        sk-just-a-key
                        1X=sk-secret
                        OPEN="sk-secret
                        BEHIND='a' sk-secret
                        """);

        assertThat(file.values()).containsOnlyKeys("GOOD");
        assertThat(file.problems()).hasSize(4);
        assertThat(String.join("\n", file.problems()))
                .contains("line 2 ", "line 3 ", "line 4 ", "line 5 ", "NAME=value")
                .doesNotContain("sk-");
    }
}
