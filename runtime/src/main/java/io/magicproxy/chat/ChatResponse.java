package io.magicproxy.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * A whole answer.
 *
 * @param created seconds since the epoch
 * @param rest fields for the top level of the answer that OpenAI's format doesn't have, such as
 *     Gemini's {@code prompt_feedback}
 */
public record ChatResponse(
        String id, String model, long created, List<Choice> choices, Usage usage, ObjectNode rest) {

    /**
     * One of the answers.
     *
     * @param logprobs in OpenAI's form
     * @param rest unknown fields of the choice, such as Gemini's {@code safety_ratings}
     */
    public record Choice(
            int index,
            Message.Assistant message,
            FinishReason finishReason,
            Optional<JsonNode> logprobs,
            ObjectNode rest) {}
}
