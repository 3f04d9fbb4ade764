package io.magicproxy.provider.gemini;

import java.util.regex.Pattern;

/** Google quotes the key in some messages: "Consumer 'api_key:AIza…' has been suspended." */
final class Secrets {
    private static final Pattern KEY =
            Pattern.compile("(?<=api_key:)[^\\s'\"]+|AIza[\\w-]{16,}|\\bAQ\\.[\\w-]{16,}");

    private Secrets() {}

    static String masked(String message) {
        return KEY.matcher(message).replaceAll("…");
    }
}
