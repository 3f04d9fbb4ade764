package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;

/** {@code ctx.state}: shared by a run and the agents that it calls. */
final class SharedScratch {
    private static final int MAX_CHARS = 1024 * 1024;

    private final ObjectNode values = Json.object();

    synchronized JsonNode apply(ObjectNode operation) throws CallFailed {
        String key = operation.path("key").asText();
        JsonNode value = operation.path("value");
        JsonNode result =
                switch (operation.path("do").asText()) {
                    case "get" -> orNull(values.get(key));
                    case "set" -> value;
                    case "add" -> sum(key, value);
                    case "append" -> appended(key, value);
                    case "all" -> values.deepCopy();
                    default ->
                            throw CallFailed.of(
                                    "bad_call", "ctx.state has get, set, add, append, all");
                };
        if (Json.text(result).length() > MAX_CHARS) {
            throw CallFailed.of("too_large", "a value in ctx.state may have 1 MiB");
        }
        change(operation, result);
        return result;
    }

    /** Does again what an earlier worker did. */
    synchronized void again(ObjectNode operation, JsonNode result) {
        change(operation, result);
    }

    private void change(ObjectNode operation, JsonNode result) {
        switch (operation.path("do").asText()) {
            case "set", "add", "append" -> values.set(operation.path("key").asText(), result);
            default -> {
                // Only read.
            }
        }
    }

    private JsonNode sum(String key, JsonNode value) throws CallFailed {
        JsonNode before = orNull(values.get(key));
        if (!value.isNumber() || !(before.isNull() || before.isNumber())) {
            throw CallFailed.of("bad_call", "ctx.state.add needs numbers; use append for lists");
        }
        return before.isNull()
                ? value
                : JsonNodeFactory.instance.numberNode(
                        before.decimalValue().add(value.decimalValue()));
    }

    private ArrayNode appended(String key, JsonNode value) {
        ArrayNode list =
                orNull(values.get(key)) instanceof ArrayNode array
                        ? array.deepCopy()
                        : Json.object().arrayNode();
        return list.add(value);
    }

    private static JsonNode orNull(@org.jspecify.annotations.Nullable JsonNode node) {
        return node == null ? JsonNodeFactory.instance.nullNode() : node;
    }
}
