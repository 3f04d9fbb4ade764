package io.magicproxy.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An installation that can't be written to, such as a container's. */
class LibraryCopyTest {
    private static final FileTime THEN = FileTime.fromMillis(1_700_000_000_000L);

    @TempDir private Path folder;
    private Path library;
    private Path beside;

    @BeforeEach
    void write() throws Exception {
        library = Files.createDirectories(folder.resolve("program/library"));
        beside = folder.resolve("data/cache");
        Path file = Files.createDirectory(library.resolve("python")).resolve("datetime.py");
        Files.writeString(file, "one");
        Files.setLastModifiedTime(file, THEN);
    }

    @Test
    void a_library_that_may_be_written_is_taken_as_it_is() {
        assertThat(LibraryCopy.of(library, beside)).contains(library);
    }

    @Test
    void one_that_may_not_is_copied_once_with_the_times_of_its_files() throws Exception {
        Path copy = LibraryCopy.copied(library, beside).orElseThrow();

        assertThat(copy).isEqualTo(folder.resolve("data/library"));
        Path file = copy.resolve("python/datetime.py");
        assertThat(file).hasContent("one");
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(THEN);
        Files.writeString(file, "still the same copy");
        assertThat(LibraryCopy.copied(library, beside)).contains(copy);
        assertThat(file).hasContent("still the same copy");
    }

    @Test
    void another_library_and_a_copy_that_was_broken_off_are_copied_anew() throws Exception {
        Path copy = LibraryCopy.copied(library, beside).orElseThrow();
        Path file = copy.resolve("python/datetime.py");
        Files.writeString(file, "half");
        Files.delete(copy.resolve("complete"));

        assertThat(LibraryCopy.copied(library, beside)).contains(copy);
        assertThat(file).hasContent("one");

        Files.setLastModifiedTime(library, FileTime.fromMillis(1));
        Files.writeString(file, "old");
        assertThat(LibraryCopy.copied(library, beside)).contains(copy);
        assertThat(file).hasContent("one");
    }
}
