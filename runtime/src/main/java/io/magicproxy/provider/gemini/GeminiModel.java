package io.magicproxy.provider.gemini;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model's name, and what can be told from it: generations differ in how they are asked to think
 * and in what they demand of a conversation's history.
 */
record GeminiModel(String name) {
    private static final Pattern GENERATION = Pattern.compile("gemini-(\\d+)(?:\\.(\\d+))?");

    /** How a model is told how much to think. */
    enum ThinkingControl {
        /** {@code thinkingLevel}: Gemini 3 and later. */
        LEVEL,
        /** {@code thinkingBudget} in tokens: Gemini 2.5. */
        BUDGET,
        /** It doesn't think, and refuses to be told. */
        NONE
    }

    /** The resource in a path, such as {@code models/gemini-2.5-flash}. */
    String resource() {
        return name.contains("/") ? name : "models/" + name;
    }

    /** The path of one of the model's methods. */
    String path(String method) {
        String encoded = URLEncoder.encode(resource(), StandardCharsets.UTF_8);
        return "/" + encoded.replace("%2F", "/").replace("+", "%20") + ":" + method;
    }

    ThinkingControl thinkingControl() {
        Matcher generation = GENERATION.matcher(lower());
        if (!generation.find()) {
            // gemini-flash-latest and gemini-pro-latest point at the newest generation.
            return lower().contains("gemini-") && lower().endsWith("-latest")
                    ? ThinkingControl.LEVEL
                    : ThinkingControl.NONE;
        }
        if (generation.group(1).length() > 1 || generation.group(1).charAt(0) >= '3') {
            return ThinkingControl.LEVEL;
        }
        return generation.group().equals("gemini-2.5")
                ? ThinkingControl.BUDGET
                : ThinkingControl.NONE;
    }

    /** Pro models can't be told not to think. */
    boolean alwaysThinks() {
        return lower().contains("pro") && !lower().contains("flash");
    }

    /** The first Gemini 3 Pro knows the levels low and high only. */
    boolean lacksMediumLevel() {
        return lower().contains("gemini-3-pro");
    }

    /**
     * Whether a tool call of the current turn without its thought signature is refused with 400.
     * Image models of that generation don't check.
     */
    boolean demandsSignatures() {
        return thinkingControl() == ThinkingControl.LEVEL && !lower().contains("image");
    }

    /** Whether a tool's result may hold media; older models get it beside the result. */
    boolean readsMediaInToolResults() {
        return thinkingControl() == ThinkingControl.LEVEL;
    }

    private String lower() {
        return name.toLowerCase(Locale.ROOT);
    }
}
