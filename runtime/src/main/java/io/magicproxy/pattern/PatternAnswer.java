package io.magicproxy.pattern;

/**
 * What a pattern answers.
 *
 * @param finish {@code stop}; {@code length} if the answer was cut at the caller's {@code
 *     max_tokens}, {@code content_filter} if a provider's filter cut it
 */
public record PatternAnswer(String text, String finish) {
    private static final String STOP = "stop";

    static PatternAnswer whole(String text) {
        return new PatternAnswer(text, STOP);
    }

    /** An answer that a model's text is, or ends with: its end is the model's end. */
    static PatternAnswer of(String text, String modelFinish) {
        return new PatternAnswer(
                text,
                modelFinish.equals("length") || modelFinish.equals("content_filter")
                        ? modelFinish
                        : STOP);
    }
}
