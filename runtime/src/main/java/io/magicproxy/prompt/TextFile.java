package io.magicproxy.prompt;

import io.magicproxy.prompt.TextHeader.Argument;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A text that somebody put into a folder.
 *
 * @param file its name, with its ending
 * @param body without the head; {@code {name}} is a placeholder, <code>{{name}}</code> is not
 */
public record TextFile(String file, TextHeader header, String body, Instant modified) {
    private static final Pattern PLACEHOLDER =
            Pattern.compile("\\{\\{([A-Za-z_]\\w*)}}|\\{([A-Za-z_]\\w*)}");

    /** Its name without the ending. */
    public String name() {
        return file.substring(0, file.lastIndexOf('.'));
    }

    public String title() {
        return header.title().orElse(name());
    }

    public boolean markdown() {
        return file.endsWith(".md");
    }

    /** Those that the head explains, then those that only stand in the text. */
    public List<Argument> arguments() {
        Map<String, Argument> all = new LinkedHashMap<>();
        header.arguments().forEach(argument -> all.put(argument.name(), argument));
        for (String name : placeholders()) {
            all.putIfAbsent(
                    name, new Argument(name, Optional.empty(), Optional.empty(), List.of()));
        }
        return List.copyOf(all.values());
    }

    private List<String> placeholders() {
        return PLACEHOLDER
                .matcher(body)
                .results()
                .flatMap(found -> Stream.ofNullable(found.group(2)))
                .toList();
    }

    /** The text with its placeholders replaced; one that has no value is left as it stands. */
    public String filled(Map<String, String> given) {
        Map<String, String> values = new LinkedHashMap<>();
        header.arguments()
                .forEach(a -> a.ifAbsent().ifPresent(value -> values.put(a.name(), value)));
        values.putAll(given);
        return PLACEHOLDER
                .matcher(body)
                .replaceAll(found -> Matcher.quoteReplacement(replacement(found, values)));
    }

    private static String replacement(MatchResult found, Map<String, String> values) {
        return found.group(1) != null
                ? "{" + found.group(1) + "}"
                : values.getOrDefault(found.group(2), found.group());
    }
}
