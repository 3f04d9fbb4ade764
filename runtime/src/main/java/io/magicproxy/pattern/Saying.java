package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.JsonNode;

/** What a pattern shows its watchers. */
public sealed interface Saying {
    /** A step begins. */
    record Step(String title) implements Saying {}

    /** More of a thought. */
    record Thought(String text) implements Saying {}

    /** More of the answer. */
    record Answer(String text) implements Saying {}

    /** A stage is over, the pattern goes on. */
    record Pause() implements Saying {}

    /** Whatever the pattern's author likes. */
    record Custom(String name, JsonNode data) implements Saying {}
}
