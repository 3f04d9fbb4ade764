package io.magicproxy.prompt;

import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.ConfigReader;
import io.magicproxy.config.Environment;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Takes a text apart: its head, and what follows. */
final class TextReader {
    private static final String FENCE = "---";

    private TextReader() {}

    /** What came of a file. */
    sealed interface Result {
        record Read(TextFile file) implements Result {}

        record Bad(List<ConfigProblem> problems) implements Result {
            /** One line for each problem, with its place. */
            String text(String file) {
                return problems.stream()
                        .map(problem -> problem.format(file))
                        .collect(Collectors.joining("\n"));
            }
        }
    }

    static Result read(String file, String text, Instant modified) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        String[] lines = plain.split("\\R", -1);
        int end = end(lines);
        if (end < 0) {
            return new Result.Read(
                    new TextFile(file, TextHeader.none(), plain.strip() + "\n", modified));
        }
        String head = String.join("\n", Arrays.copyOfRange(lines, 1, end));
        String body = String.join("\n", Arrays.copyOfRange(lines, end + 1, lines.length));
        // The line of the fence is kept, so that places are those of the file.
        byte[] yaml = ("#\n" + head).getBytes(StandardCharsets.UTF_8);
        return switch (new ConfigReader(Environment.of(Map.of()))
                .read(yaml, TextHeader.class, (_, _, _) -> {})) {
            case ConfigReader.Result.Loaded<TextHeader> loaded ->
                    new Result.Read(
                            new TextFile(file, loaded.config(), body.strip() + "\n", modified));
            case ConfigReader.Result.Invalid<TextHeader> invalid ->
                    new Result.Bad(invalid.problems());
        };
    }

    /** The line that ends the head; -1 if there is none. */
    private static int end(String[] lines) {
        if (!lines[0].stripTrailing().equals(FENCE)) {
            return -1;
        }
        for (int i = 1; i < lines.length; i++) {
            if (lines[i].stripTrailing().equals(FENCE)) {
                return i;
            }
        }
        return -1;
    }
}
