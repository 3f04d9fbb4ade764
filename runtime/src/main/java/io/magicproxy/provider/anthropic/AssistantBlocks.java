package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Message;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.ArrayList;
import java.util.List;

/** What a model said, as blocks: its signed thoughts, its words, its tool calls. */
final class AssistantBlocks {
    private AssistantBlocks() {}

    static List<ObjectNode> of(String place, Message.Assistant message, List<String> notes)
            throws ProviderException {
        List<ObjectNode> recorded = recorded(message.rest().path(Answer.CONTENT));
        if (!recorded.isEmpty()) {
            return recorded;
        }
        List<ObjectNode> blocks = new ArrayList<>(thoughts(place, message.thinkingBlocks(), notes));
        List<ObjectNode> words = words(place, message.content());
        Blocks.cache(message.rest(), words);
        blocks.addAll(words);
        for (int i = 0; i < message.toolCalls().size(); i++) {
            blocks.add(call(place + ".tool_calls[" + i + "]", message.toolCalls().get(i)));
        }
        return blocks;
    }

    /** The blocks as Anthropic sent them, if an earlier answer had to carry them. */
    private static List<ObjectNode> recorded(JsonNode content) {
        List<ObjectNode> blocks = new ArrayList<>();
        for (JsonNode block : content.isArray() ? content : Json.object()) {
            if (block instanceof ObjectNode object && block.path("type").isTextual()) {
                blocks.add(object);
            }
        }
        return blocks;
    }

    private static List<ObjectNode> thoughts(
            String place, List<JsonNode> thoughts, List<String> notes) {
        List<ObjectNode> blocks = new ArrayList<>();
        for (JsonNode thought : thoughts) {
            boolean sealed =
                    switch (Wire.text(thought, "type")) {
                        case "thinking" -> !Wire.text(thought, "signature").isEmpty();
                        case "redacted_thinking" -> !Wire.text(thought, "data").isEmpty();
                        default -> false;
                    };
            if (sealed && thought instanceof ObjectNode block) {
                blocks.add(block);
            } else {
                // Another provider's: Anthropic refuses what it has not signed.
                notes.add(
                        place + ".thinking_blocks: one without Anthropic's signature is left out");
            }
        }
        return blocks;
    }

    private static List<ObjectNode> words(String place, List<ContentPart> content)
            throws ProviderException {
        for (int i = 0; i < content.size(); i++) {
            switch (content.get(i)) {
                case ContentPart.Text _, ContentPart.Refusal _ -> {
                    // What a model may say.
                }
                case ContentPart.Image _,
                        ContentPart.Audio _,
                        ContentPart.Document _,
                        ContentPart.Unknown _ ->
                        throw Faults.caller(
                                place + ".content[" + i + "]",
                                "is not text; to Anthropic an assistant's message holds text and"
                                        + " tool calls only, so move it to a user's message");
            }
        }
        return Blocks.of(place + ".content", content);
    }

    private static ObjectNode call(String place, ToolCall call) throws ProviderException {
        ObjectNode block = Json.object().put("type", "tool_use");
        block.put("id", ToolIds.safe(call.id())).put("name", call.name());
        block.set("input", input(place + ".function.arguments", call.arguments()));
        Blocks.cache(call.rest(), List.of(block));
        return block;
    }

    private static JsonNode input(String place, String arguments) throws ProviderException {
        if (arguments.isBlank()) {
            return Json.object();
        }
        try {
            JsonNode input = Json.read(arguments);
            if (input.isObject()) {
                return input;
            }
        } catch (JsonProcessingException e) {
            throw Faults.caller(place, "is not valid JSON: " + e.getOriginalMessage());
        }
        throw Faults.caller(place, "must be a JSON object, written as a string");
    }
}
