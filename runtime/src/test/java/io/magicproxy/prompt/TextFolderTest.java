package io.magicproxy.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFolderTest {
    private static final String LETTER =
            """
            ---
            title: A letter
            description: Writes one.
            arguments:
              - {name: language, if_absent: English, values: [English, French]}
              - {name: recipient, description: To whom}
            ---

            To {recipient}, in {language}, about {topic}; not {{topic}}, not { topic }, not {"a": 1}.
            """;

    @TempDir private Path folder;
    private final List<Set<String>> told = new ArrayList<>();
    private TextFolder texts = new TextFolder(Path.of("."), InstantSource.system());

    @BeforeEach
    void open() {
        texts = new TextFolder(folder, InstantSource.system());
        texts.onChange(told::add);
    }

    @Test
    void a_text_has_a_head_arguments_and_a_body() throws Exception {
        write("letter.md", LETTER);
        texts.load();

        TextFile letter = texts.find("letter.md").orElseThrow();
        assertThat(letter.name()).isEqualTo("letter");
        assertThat(letter.title()).isEqualTo("A letter");
        assertThat(letter.arguments())
                .extracting(TextHeader.Argument::name)
                .containsExactly("language", "recipient", "topic");
        assertThat(letter.filled(Map.of("recipient", "Ann", "topic", "$1 {language}")))
                .isEqualTo(
                        "To Ann, in English, about $1 {language}; not {topic}, not { topic }, not {\"a\": 1}.\n");
        assertThat(letter.filled(Map.of())).contains("To {recipient}", "about {topic}");
    }

    @Test
    void a_text_without_a_head_is_all_body() throws Exception {
        write("plain.txt", "---\nThis line of dashes begins no head.\n");
        write("windows.md", "\uFEFF---\r\ntitle: W\r\n---\r\nline\r\n");
        texts.load();

        assertThat(texts.find("plain.txt").orElseThrow().body()).startsWith("---\n");
        assertThat(texts.find("plain.txt").orElseThrow().title()).isEqualTo("plain");
        assertThat(texts.find("windows.md").orElseThrow().title()).isEqualTo("W");
        assertThat(texts.find("windows.md").orElseThrow().body()).isEqualTo("line\n");
    }

    @Test
    void a_broken_edit_leaves_the_last_good_version_in_place() throws Exception {
        write("letter.md", LETTER);
        texts.load();
        write("letter.md", "---\ntitel: A letter\n---\nbroken");
        texts.load();

        assertThat(texts.find("letter.md").orElseThrow().title()).isEqualTo("A letter");
        write("letter.md", "mended");
        texts.load();
        assertThat(texts.find("letter.md").orElseThrow().body()).isEqualTo("mended\n");
    }

    @Test
    void only_what_was_added_changed_or_removed_is_told() throws Exception {
        write("a.md", "a");
        write("b.md", "b");
        texts.load();
        write("b.md", "other");
        write("c.txt", "c");
        texts.load();
        Files.delete(folder.resolve("a.md"));
        texts.load();
        texts.load();

        assertThat(told)
                .containsExactly(Set.of("a.md", "b.md"), Set.of("b.md", "c.txt"), Set.of("a.md"));
        assertThat(texts.all()).extracting(TextFile::file).containsExactly("b.md", "c.txt");
    }

    @Test
    void what_is_no_text_is_left_out() throws Exception {
        write(".hidden.md", "x");
        write("_draft.md", "x");
        write("notes.json", "{}");
        Files.createDirectories(folder.resolve("folder.md"));
        Files.write(
                folder.resolve("latin.txt"), "\u00e9t\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(folder.resolve("huge.md"), new byte[2 * 1024 * 1024]);
        write("good.md", "x");
        texts.load();

        assertThat(texts.all()).extracting(TextFile::file).containsExactly("good.md");
    }

    @Test
    void a_change_is_taken_when_two_looks_agree() throws Exception {
        write("a.md", "half");
        assertThat(texts.look()).isTrue();
        write("a.md", "half and half");
        assertThat(texts.look()).isTrue();
        assertThat(texts.all()).isEmpty();
        assertThat(texts.look()).isFalse();
        assertThat(texts.find("a.md").orElseThrow().body()).isEqualTo("half and half\n");
    }

    @Test
    void no_folder_is_no_text() {
        var none = new TextFolder(folder.resolve("none"), InstantSource.system());
        none.load();
        assertThat(none.all()).isEmpty();
    }

    private void write(String file, String text) throws Exception {
        Files.writeString(folder.resolve(file), text);
    }
}
