package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ContentPart;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Message;
import io.magicproxy.chat.ToolCall;
import io.magicproxy.provider.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects an answer's blocks into one message; whole answers and streams end here alike. */
final class Answer {
    /** The field of a message that holds its blocks where OpenAI's fields can't. */
    static final String CONTENT = "anthropic_content";

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<JsonNode> thoughts = new ArrayList<>();
    private final List<ToolCall> calls = new ArrayList<>();
    private final ArrayNode annotations = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode citations = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode blocks = JsonNodeFactory.instance.arrayNode();
    private Order last = Order.NOTHING;
    private boolean rebuildable = true;

    /**
     * Takes the next block, complete.
     *
     * @return fields for the message that the block brings besides its text
     */
    ObjectNode add(JsonNode block) {
        blocks.add(block);
        return switch (Wire.text(block, "type")) {
            case "text" -> text(block);
            case "thinking", "redacted_thinking" -> {
                reach(Order.THOUGHT);
                reasoning.append(Wire.text(block, "thinking"));
                thoughts.add(block);
                yield Json.object();
            }
            case "tool_use" -> {
                reach(Order.CALL);
                calls.add(call(block));
                yield Json.object();
            }
            default -> {
                rebuildable = false;
                yield Json.object();
            }
        };
    }

    private ObjectNode text(JsonNode block) {
        String words = Wire.text(block, "text");
        ObjectNode fields = Json.object();
        if (words.isEmpty()) {
            return fields;
        }
        reach(Order.TEXT);
        int start = text.length();
        text.append(words);
        Citations found = Citations.of(block.path("citations"), start, text.length());
        annotations.addAll(found.annotations());
        citations.addAll(found.citations());
        found.into(fields);
        return fields;
    }

    /** Thoughts, text, calls: the order in which a message's fields are made blocks again. */
    private void reach(Order next) {
        rebuildable &= next.compareTo(last) >= 0;
        last = next;
    }

    boolean calledTools() {
        return !calls.isEmpty();
    }

    /** The blocks themselves, if a message's other fields can't give them back. */
    ObjectNode unrebuildable() {
        ObjectNode fields = Json.object();
        if (!rebuildable) {
            fields.set(CONTENT, blocks);
        }
        return fields;
    }

    Message.Assistant message(String refusal) {
        List<ContentPart> content = new ArrayList<>();
        if (!text.isEmpty()) {
            content.add(new ContentPart.Text(text.toString()));
        }
        if (!refusal.isEmpty()) {
            content.add(new ContentPart.Refusal(refusal));
        }
        ObjectNode rest = Json.object();
        new Citations(annotations, citations).into(rest);
        rest.setAll(unrebuildable());
        return new Message.Assistant(
                List.copyOf(content),
                List.copyOf(calls),
                reasoning.isEmpty() ? Optional.empty() : Optional.of(reasoning.toString()),
                List.copyOf(thoughts),
                rest);
    }

    private static ToolCall call(JsonNode block) {
        JsonNode input = block.path("input");
        return new ToolCall(
                Wire.text(block, "id"),
                Wire.text(block, "name"),
                input.isObject() ? Json.text(input) : "{}",
                Json.object());
    }

    private enum Order {
        NOTHING,
        THOUGHT,
        TEXT,
        CALL
    }
}
