package io.magicproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Recorded results, compared with the order of fields and the digits of numbers. After a change
 * that is meant, {@code -Dregenerate.goldens=true} writes them anew, for the diff to be read.
 */
public final class GoldenFiles {
    private static final boolean REGENERATE = Boolean.getBoolean("regenerate.goldens");

    private static final DefaultPrettyPrinter PRETTY =
            new DefaultPrettyPrinter()
                    .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                    .withArrayIndenter(new DefaultIndenter("  ", "\n"));

    private GoldenFiles() {}

    static JsonNode read(Path file) throws IOException {
        return Json.read(Files.readAllBytes(file));
    }

    public static void check(Path file, JsonNode actual) throws IOException {
        check(file, JsonMapper.builder().build().writer(PRETTY).writeValueAsString(actual) + "\n");
    }

    public static void check(Path file, String actual) throws IOException {
        if (REGENERATE) {
            Files.writeString(file, actual);
        }
        assertThat(file)
                .as("%s: run once with -Dregenerate.goldens=true and read it", file)
                .isRegularFile();
        assertThat(actual).as(file.toString()).isEqualTo(Files.readString(file));
    }

    /** A file that must not be there, since there is nothing to record. */
    public static void checkAbsent(Path file) throws IOException {
        if (REGENERATE) {
            Files.deleteIfExists(file);
        }
        assertThat(file).doesNotExist();
    }
}
