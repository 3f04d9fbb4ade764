package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Wire;

/** A block on its way: what it began with, and what came since. */
final class StreamedBlock {
    private final ObjectNode block;
    private final StringBuilder words = new StringBuilder();
    private final StringBuilder input = new StringBuilder();

    StreamedBlock(ObjectNode begun) {
        this.block = begun.deepCopy();
        words.append(Wire.text(begun, textField()));
    }

    String type() {
        return Wire.text(block, "type");
    }

    /** The text that it began with, mostly "". */
    String words() {
        return words.toString();
    }

    String field(String name) {
        return Wire.text(block, name);
    }

    void addWords(String more) {
        words.append(more);
    }

    void addInput(String more) {
        input.append(more);
    }

    /** Whether its input came in pieces rather than with its beginning. */
    boolean hasStreamedInput() {
        return !input.isEmpty();
    }

    void addCitation(JsonNode citation) {
        ArrayNode citations =
                block.path("citations") instanceof ArrayNode list
                        ? list
                        : block.putArray("citations");
        citations.add(citation);
    }

    void set(String name, JsonNode value) {
        block.set(name, value);
    }

    /** The block as it would stand in a whole answer. */
    ObjectNode complete() {
        switch (type()) {
            case "text", "thinking" -> block.put(textField(), words.toString());
            default -> {
                if (hasStreamedInput()) {
                    block.set("input", parsedInput());
                }
            }
        }
        return block;
    }

    /** Cut short by {@code max_tokens}, the input may be no JSON; the pieces have been sent on. */
    private JsonNode parsedInput() {
        try {
            JsonNode parsed = Json.read(input.toString());
            return parsed.isObject() ? parsed : Json.object();
        } catch (JsonProcessingException e) {
            return Json.object();
        }
    }

    private String textField() {
        return type().equals("thinking") ? "thinking" : "text";
    }
}
