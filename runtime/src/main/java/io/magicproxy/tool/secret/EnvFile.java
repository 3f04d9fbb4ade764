package io.magicproxy.tool.secret;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of {@code NAME=value} lines, as dotenv files are written: comments, quotes, an {@code
 * export} before the name. Nothing is expanded.
 *
 * @param problems with the number of their line, and never with what stands there
 */
record EnvFile(Map<String, String> values, List<String> problems) {
    private static final Pattern LINE =
            Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)");
    private static final Pattern COMMENT_AFTER = Pattern.compile("\\s+#.*$");
    private static final Pattern DOUBLE_QUOTED =
            Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"\\s*(?:#.*)?");
    private static final Pattern SINGLE_QUOTED = Pattern.compile("'([^']*)'\\s*(?:#.*)?");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

    static EnvFile parse(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replace("\uFEFF", "").strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher parts = LINE.matcher(line);
            Optional<String> value =
                    parts.matches() ? value(parts.group(2).strip()) : Optional.empty();
            if (value.isPresent()) {
                values.put(parts.group(1), value.get());
            } else {
                problems.add(
                        "line "
                                + (i + 1)
                                + " must be NAME=value, the value bare or in quotes that end on the same line");
            }
        }
        return new EnvFile(values, problems);
    }

    private static Optional<String> value(String written) {
        if (written.startsWith("\"")) {
            Matcher quoted = DOUBLE_QUOTED.matcher(written);
            return quoted.matches() ? Optional.of(unescaped(quoted.group(1))) : Optional.empty();
        }
        if (written.startsWith("'")) {
            Matcher quoted = SINGLE_QUOTED.matcher(written);
            return quoted.matches() ? Optional.of(quoted.group(1)) : Optional.empty();
        }
        return Optional.of(
                written.startsWith("#") ? "" : COMMENT_AFTER.matcher(written).replaceFirst(""));
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(escape ->
                        Matcher.quoteReplacement(
                                switch (escape.group(1)) {
                                    case "n" -> "\n";
                                    case "r" -> "\r";
                                    case "t" -> "\t";
                                    default -> escape.group(1);
                                }));
    }
}
