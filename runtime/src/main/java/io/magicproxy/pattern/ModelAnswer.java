package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;

/**
 * What a model answered.
 *
 * @param message the assistant's, in OpenAI's format, tool calls and signed thoughts included
 * @param finish why it ended: {@code stop}, {@code length}, {@code tool_calls}, …
 */
public record ModelAnswer(ObjectNode message, String finish) {
    public String text() {
        return message.path("content").asText("");
    }

    public String reasoning() {
        return message.path("reasoning_content").asText("");
    }

    public ArrayNode toolCalls() {
        return message.path("tool_calls") instanceof ArrayNode calls
                ? calls
                : Json.object().arrayNode();
    }
}
