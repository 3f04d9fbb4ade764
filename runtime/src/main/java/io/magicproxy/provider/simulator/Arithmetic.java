package io.magicproxy.provider.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Finds what can be calculated in a question: {@code 12 times 7} is {@code 12 * 7}. */
final class Arithmetic {
    private static final String NUMBER = "\\d++(?:\\.\\d++)?";
    private static final Pattern EXPRESSION =
            Pattern.compile(
                    "(?:\\(\\s?){0,5}(?<![\\w.)])-?"
                            + NUMBER
                            + "(?:[\\s)]*+[-+*/^][\\s(]*+-?"
                            + NUMBER
                            + ")++\\)*+");

    /** 2026-01-31 is no difference. */
    private static final Pattern DATE = Pattern.compile("\\b\\d{4}-\\d{1,2}-\\d{1,2}\\b");

    /** People's way of writing, and what calculators read; in this order. */
    private static final Map<Pattern, String> SPELLINGS = spellings();

    private Arithmetic() {}

    static Optional<String> in(String question) {
        String text = DATE.matcher(question).replaceAll(" ");
        for (var spelling : SPELLINGS.entrySet()) {
            text = spelling.getKey().matcher(text).replaceAll(spelling.getValue());
        }
        return EXPRESSION
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .map(String::strip)
                .filter(Arithmetic::isBalanced)
                .findFirst();
    }

    private static Map<Pattern, String> spellings() {
        Map<Pattern, String> all = new LinkedHashMap<>();
        all.put(Pattern.compile("(?<=\\d),(?=\\d{3}\\b)"), "");
        all.put(Pattern.compile("(?i)(?<=\\d)\\s*%\\s*of\\s+(?=\\d)"), " / 100 * ");
        all.put(
                Pattern.compile("(?i)(?<=[\\d)])\\s*(?:times|multiplied by|×|x)\\s*(?=[\\d(])"),
                " * ");
        all.put(Pattern.compile("(?i)(?<=[\\d)])\\s*(?:divided by|÷)\\s*(?=[\\d(])"), " / ");
        all.put(Pattern.compile("(?i)(?<=[\\d)])\\s*plus\\s*(?=[\\d(])"), " + ");
        all.put(Pattern.compile("(?i)(?<=[\\d)])\\s*(?:minus|−)\\s*(?=[\\d(])"), " - ");
        return all;
    }

    private static boolean isBalanced(String expression) {
        int open = 0;
        for (int i = 0; i < expression.length() && open >= 0; i++) {
            char c = expression.charAt(i);
            open += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        return open == 0;
    }
}
