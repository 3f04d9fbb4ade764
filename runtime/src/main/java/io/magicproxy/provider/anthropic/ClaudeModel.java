package io.magicproxy.provider.anthropic;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model accepts, read from its name: the API answers 400 for a setting that a model has not
 * yet or no longer.
 *
 * @param family such as {@code opus}; "" if the name tells none
 * @param version 408 for 4.8; {@link #NEWEST} for a Claude whose name tells none; 0 for a model
 *     that is no Claude, at a server that speaks Anthropic's API
 */
record ClaudeModel(String name, String family, int version) {
    private static final int NEWEST = 9999;

    /** {@code claude-opus-4-8}, {@code claude-3-5-haiku-20241022}; a date is no minor version. */
    private static final Pattern NAME =
            Pattern.compile(
                    "claude-(?:([a-z]+)-)?(\\d{1,2})(?!\\d)(?:[-.](\\d{1,2})(?!\\d))?(?:-([a-z]+))?");

    private static final Set<String> ALWAYS_THINKING = Set.of("fable", "mythos");

    static ClaudeModel of(String name) {
        Matcher m = NAME.matcher(name);
        if (!m.find()) {
            return new ClaudeModel(name, "", name.contains("claude") ? NEWEST : 0);
        }
        int minor = m.group(3) == null ? 0 : Integer.parseInt(m.group(3));
        String family = m.group(1) == null ? m.group(4) : m.group(1);
        return new ClaudeModel(
                name, family == null ? "" : family, Integer.parseInt(m.group(2)) * 100 + minor);
    }

    private boolean isClaude() {
        return version > 0;
    }

    /**
     * {@code max_tokens} where the caller names none, since the API demands one: a number that each
     * model of its generation takes, and longer than almost any answer.
     */
    int defaultMaxTokens() {
        if (version >= 405) {
            return 64_000;
        }
        if (version >= 307) {
            return family.equals("opus") ? 32_000 : 64_000;
        }
        return version >= 305 || !isClaude() ? 8_192 : 4_096;
    }

    ThinkingControl thinkingControl() {
        if (version >= 406) {
            return ThinkingControl.EFFORT;
        }
        return version >= 307 || !isClaude() ? ThinkingControl.BUDGET : ThinkingControl.NONE;
    }

    /** Whether it thinks although nobody asked. */
    boolean thinksUnasked() {
        return version >= 500;
    }

    /** How to tell a model that thinks unasked not to. */
    ThinkingSwitch thinkingSwitch() {
        if (ALWAYS_THINKING.contains(family)) {
            return ThinkingSwitch.NONE;
        }
        if (version < 505 || family.equals("haiku")) {
            return ThinkingSwitch.DISABLED;
        }
        return family.equals("sonnet") ? ThinkingSwitch.BETWEEN_TOOLS : ThinkingSwitch.NONE;
    }

    /** From 4.7 on thoughts come back empty unless the request says otherwise. */
    boolean hidesThoughts() {
        return version >= 407;
    }

    boolean knowsEffortXhigh() {
        return version >= 407;
    }

    /** Whether {@code temperature}, {@code top_p} and {@code top_k} may be sent. */
    boolean takesSampling() {
        return version < 407;
    }

    /** Whether {@code temperature} and {@code top_p} may be sent together. */
    boolean takesBothSamplings() {
        return version < 401;
    }

    /** Whether {@code tool_choice} may force a call. */
    boolean canBeForced() {
        return version < (ALWAYS_THINKING.contains(family) ? 501 : 505);
    }

    /** Whether it has structured outputs and strict tools. */
    boolean hasStructuredOutputs() {
        return version >= 405 || (version == 401 && family.equals("opus"));
    }

    /** How a request says how much to think. */
    enum ThinkingControl {
        NONE,
        /** {@code thinking.budget_tokens}; not together with a forced call. */
        BUDGET,
        /** {@code thinking.type: adaptive} and {@code output_config.effort}. */
        EFFORT
    }

    /** The value of {@code thinking.type} that stops it. */
    enum ThinkingSwitch {
        NONE,
        DISABLED,
        /** No thinking up front, only short notes between tool calls. */
        BETWEEN_TOOLS
    }
}
