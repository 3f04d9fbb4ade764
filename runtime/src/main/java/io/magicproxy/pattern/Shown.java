package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What watchers see of a loop. */
enum Shown {
    /** Its answer is the run's. */
    ANSWER,
    /** Its answer is a step on the way to the run's. */
    THOUGHTS,
    NOTHING;

    /** By the option {@code stream}, as of {@code ctx.llm}. */
    static Shown of(JsonNode stream) {
        if (stream.isBoolean() && !stream.asBoolean()) {
            return NOTHING;
        }
        return stream.asText().equals("answer") ? ANSWER : THOUGHTS;
    }

    Optional<Saying> saying(Saying saying) {
        return switch (this) {
            case ANSWER -> Optional.of(saying);
            case THOUGHTS ->
                    Optional.of(
                            saying instanceof Saying.Answer(String text)
                                    ? new Saying.Thought(text)
                                    : saying);
            case NOTHING -> Optional.empty();
        };
    }
}
