package io.magicproxy.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;

/** A whole answer in OpenAI's format. */
public final class ResponseWriter {
    private ResponseWriter() {}

    public static byte[] write(ChatResponse response) {
        ObjectNode wire = Json.object();
        wire.put("id", response.id());
        wire.put("object", "chat.completion");
        wire.put("created", response.created());
        wire.put("model", response.model());
        ArrayNode choices = wire.putArray("choices");
        response.choices().forEach(choice -> choices.add(choice(choice)));
        wire.set("usage", response.usage().toWire());
        response.rest().properties().forEach(e -> wire.set(e.getKey(), e.getValue()));
        return Json.bytes(wire);
    }

    private static ObjectNode choice(ChatResponse.Choice choice) {
        ObjectNode wire = Json.object();
        wire.put("index", choice.index());
        wire.set("message", message(choice.message()));
        wire.set("logprobs", choice.logprobs().orElseGet(NullNode::getInstance));
        wire.put("finish_reason", choice.finishReason().wire());
        choice.rest().properties().forEach(e -> wire.set(e.getKey(), e.getValue()));
        return wire;
    }

    private static ObjectNode message(Message.Assistant message) {
        ObjectNode wire = Json.object();
        wire.put("role", "assistant");
        String text = text(message.content());
        // OpenAI says null, not "", when a model only calls tools.
        if (text.isEmpty() && !message.toolCalls().isEmpty()) {
            wire.putNull("content");
        } else {
            wire.put("content", text);
        }
        wire.set("refusal", refusal(message.content()));
        message.reasoning().ifPresent(r -> wire.put("reasoning_content", r));
        if (!message.thinkingBlocks().isEmpty()) {
            wire.putArray("thinking_blocks").addAll(message.thinkingBlocks());
        }
        if (!message.toolCalls().isEmpty()) {
            ArrayNode calls = wire.putArray("tool_calls");
            message.toolCalls().forEach(call -> calls.add(toolCall(call)));
        }
        message.rest().properties().forEach(e -> wire.set(e.getKey(), e.getValue()));
        return wire;
    }

    static ObjectNode toolCall(ToolCall call) {
        ObjectNode wire = Json.object();
        wire.put("id", call.id()).put("type", "function");
        wire.putObject("function").put("name", call.name()).put("arguments", call.arguments());
        call.rest().properties().forEach(e -> wire.set(e.getKey(), e.getValue()));
        return wire;
    }

    private static String text(List<ContentPart> content) {
        StringBuilder text = new StringBuilder();
        for (ContentPart part : content) {
            if (part instanceof ContentPart.Text(String t, _)) {
                text.append(t);
            }
        }
        return text.toString();
    }

    private static JsonNode refusal(List<ContentPart> content) {
        for (ContentPart part : content) {
            if (part instanceof ContentPart.Refusal(String why)) {
                return TextNode.valueOf(why);
            }
        }
        return NullNode.getInstance();
    }
}
