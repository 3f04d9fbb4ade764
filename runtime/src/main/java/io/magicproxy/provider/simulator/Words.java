package io.magicproxy.provider.simulator;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The simulator's tokens: a word each, with the space around it. */
final class Words {
    private static final Pattern WORD = Pattern.compile("^\\s+\\S*\\s*|\\S+\\s*");

    private Words() {}

    static List<String> of(String text) {
        return WORD.matcher(text).results().map(MatchResult::group).toList();
    }
}
