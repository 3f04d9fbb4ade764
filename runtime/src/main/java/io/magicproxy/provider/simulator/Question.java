package io.magicproxy.provider.simulator;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A question, and what a simple reader sees in it. */
record Question(String text) {
    /** Nobody asks longer; what follows is material. */
    private static final int MAX_CHARS = 2_000;

    private static final Pattern TIME =
            Pattern.compile(
                    "(?i)\\b(?:what time|current time|time is it|date|today|what day|which day|clock|right now)\\b");
    private static final Pattern SEARCH =
            Pattern.compile(
                    "(?i)\\b(?:who|when|where|what|which|how (?:many|much|far|old|tall|long)|latest|newest|news|current"
                            + "|price|weather|search|find|look up|research)\\b");
    private static final Pattern PLACE =
            Pattern.compile("\\b(?:in|at|for|of|to) (\\p{Lu}[\\p{L}'-]+(?: \\p{Lu}[\\p{L}'-]+)*)");
    private static final Pattern ZONE = Pattern.compile("\\b[A-Z][a-z]+/[A-Z][A-Za-z_]+\\b");
    private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"')]+");
    private static final Pattern NUMBER = Pattern.compile("-?\\b\\d+(?:\\.\\d+)?\\b");
    private static final Pattern NO_LETTER = Pattern.compile("[^\\p{L}\\p{N}]+");

    /** Words that fit to any tool tell nothing. */
    private static final Set<String> COMMON =
            Set.of(
                    "what", "when", "where", "which", "with", "from", "that", "this", "there",
                    "your", "does", "have", "give", "tell", "about", "into", "please", "would",
                    "could", "should", "tool", "using", "will", "some", "them", "then", "than",
                    "text", "given");

    Question {
        String plain = text.strip();
        text = plain.length() > MAX_CHARS ? plain.substring(0, MAX_CHARS) + "…" : plain;
    }

    Optional<String> arithmetic() {
        return Arithmetic.in(text);
    }

    boolean asksForTime() {
        return TIME.matcher(text).find();
    }

    boolean needsSearch() {
        return SEARCH.matcher(text).find();
    }

    Optional<String> place() {
        return PLACE.matcher(text).results().map(m -> m.group(1)).findFirst();
    }

    Optional<String> zone() {
        return ZONE.matcher(text).results().map(MatchResult::group).findFirst();
    }

    Optional<String> link() {
        return LINK.matcher(text).results().map(MatchResult::group).findFirst();
    }

    List<String> numbers() {
        return NUMBER.matcher(text).results().map(MatchResult::group).toList();
    }

    /** How many words of a text stand in the question too. */
    long inCommon(String other) {
        Set<String> own = words(text);
        return words(other).stream().filter(own::contains).count();
    }

    /** Whether it names a tool: {@code web_search}, or "web search". */
    boolean names(String tool) {
        String lower = text.toLowerCase(Locale.ROOT);
        String name = tool.toLowerCase(Locale.ROOT);
        return Pattern.compile(
                        "\\b(?:"
                                + Pattern.quote(name)
                                + "|"
                                + Pattern.quote(name.replaceAll("[_.-]+", " "))
                                + ")\\b")
                .matcher(lower)
                .find();
    }

    private static Set<String> words(String text) {
        return Arrays.stream(NO_LETTER.split(text.toLowerCase(Locale.ROOT), -1))
                .filter(w -> w.length() > 3 && !COMMON.contains(w))
                .collect(Collectors.toSet());
    }
}
