package io.magicproxy.routing;

import io.magicproxy.provider.ApiKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pool's file: one key a line, settings after it, comments after {@code #}.
 *
 * @param problems each with its line; none shows a key
 */
public record KeyFile(List<KeyEntry> keys, List<String> problems) {
    private static final Pattern EXPORT = Pattern.compile("^export\\s+(?=[A-Z][A-Z0-9_]*=)");
    private static final Pattern NAMED = Pattern.compile("[A-Z][A-Z0-9_]*=(.*)");
    private static final Pattern SETTING = Pattern.compile("(weight|rpm)=([1-9]\\d{0,6})");

    public static KeyFile parse(String name, String text) {
        Map<ApiKey, KeyEntry> keys = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        // Some editors begin a file with a byte order mark.
        String marked = text.startsWith("\uFEFF") ? text.substring(1) : text;
        for (String line : marked.lines().toList()) {
            number++;
            String at = name + ":" + number + ": ";
            String content = line.strip();
            if (!content.isEmpty() && !content.startsWith("#")) {
                entry(content, at, problems)
                        .ifPresent(entry -> {
                            if (keys.putIfAbsent(entry.key(), entry) != null) {
                                problems.add(
                                        at + "this key stands here twice; the first line counts");
                            }
                        });
            }
        }
        return new KeyFile(List.copyOf(keys.values()), List.copyOf(problems));
    }

    private static Optional<KeyEntry> entry(String line, String at, List<String> problems) {
        String[] words = EXPORT.matcher(line).replaceFirst("").split("\\s+", -1);
        Matcher named = NAMED.matcher(words[0]);
        String key = unquoted(named.matches() ? named.group(1) : words[0]);
        if (key.isEmpty()
                || SETTING.matcher(key).matches()
                || key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            problems.add(at + "no key that can be sent in a header; put the key first on its line");
            return Optional.empty();
        }
        int weight = 1;
        Optional<Integer> rpm = Optional.empty();
        for (int i = 1; i < words.length && !words[i].startsWith("#"); i++) {
            Matcher setting = SETTING.matcher(words[i]);
            if (!setting.matches()) {
                problems.add(at + "word " + (i + 1) + " is no setting; write weight=2 or rpm=500");
            } else if (setting.group(1).equals("weight")) {
                weight = Integer.parseInt(setting.group(2));
            } else {
                rpm = Optional.of(Integer.valueOf(setting.group(2)));
            }
        }
        return Optional.of(new KeyEntry(new ApiKey(key), weight, rpm));
    }

    private static String unquoted(String text) {
        boolean quoted =
                text.length() > 1
                        && (text.startsWith("\"") || text.startsWith("'"))
                        && text.charAt(text.length() - 1) == text.charAt(0);
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
