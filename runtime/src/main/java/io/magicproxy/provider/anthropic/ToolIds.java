package io.magicproxy.provider.anthropic;

import java.util.regex.Pattern;

/**
 * Anthropic wants ids of letters, digits, _ and -. Other providers make others ({@code
 * functions.find:0}), and a conversation may come from them.
 */
final class ToolIds {
    private static final Pattern ODD = Pattern.compile("[^a-zA-Z0-9_-]");

    private ToolIds() {}

    static String safe(String id) {
        return id.isEmpty() ? "call" : ODD.matcher(id).replaceAll("_");
    }
}
