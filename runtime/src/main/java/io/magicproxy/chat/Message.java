package io.magicproxy.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * One message of a conversation. {@code rest} holds the fields that the house doesn't know, as they
 * came.
 */
public sealed interface Message {

    /** What the application tells the model: role {@code system} or {@code developer}. */
    record Instruction(List<ContentPart> content, ObjectNode rest) implements Message {}

    record User(List<ContentPart> content, ObjectNode rest) implements Message {}

    /**
     * What a model said.
     *
     * @param reasoning its thoughts as text, {@code reasoning_content} on the wire
     * @param thinkingBlocks signed thoughts that Anthropic wants back unchanged, {@code
     *     thinking_blocks} on the wire
     * @param rest also {@code extra_content}, where Google's signatures of text parts travel
     */
    record Assistant(
            List<ContentPart> content,
            List<ToolCall> toolCalls,
            Optional<String> reasoning,
            List<JsonNode> thinkingBlocks,
            ObjectNode rest)
            implements Message {}

    /** What a tool answered to the call of that id. */
    record ToolResult(String toolCallId, List<ContentPart> content, ObjectNode rest)
            implements Message {}
}
