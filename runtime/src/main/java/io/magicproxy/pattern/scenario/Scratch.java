package io.magicproxy.pattern.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;

/** {@code ctx.state} of one scenario run. */
final class Scratch {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final ObjectNode values = Json.object();

    JsonNode apply(ObjectNode operation) throws CallFailed {
        String key = operation.path("key").asText();
        JsonNode value = operation.path("value");
        return switch (operation.path("do").asText()) {
            case "get" -> before(key);
            case "set" -> put(key, value);
            case "add" -> put(key, sum(before(key), value));
            case "append" -> put(key, appended(before(key), value));
            case "all" -> values.deepCopy();
            default -> throw CallFailed.of("bad_call", "ctx.state has get, set, add, append, all");
        };
    }

    private JsonNode before(String key) {
        return values.has(key) ? values.path(key) : NODES.nullNode();
    }

    private JsonNode put(String key, JsonNode value) {
        values.set(key, value);
        return value;
    }

    private static JsonNode sum(JsonNode before, JsonNode value) throws CallFailed {
        if (!value.isNumber() || !(before.isNull() || before.isNumber())) {
            throw CallFailed.of("bad_call", "ctx.state.add needs numbers; use append for lists");
        }
        return before.isNull()
                ? value
                : NODES.numberNode(before.decimalValue().add(value.decimalValue()));
    }

    private static ArrayNode appended(JsonNode before, JsonNode value) {
        ArrayNode list = before instanceof ArrayNode array ? array.deepCopy() : NODES.arrayNode();
        return list.add(value);
    }
}
