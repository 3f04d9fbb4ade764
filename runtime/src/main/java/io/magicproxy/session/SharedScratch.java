package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code ctx.state}: shared by a run and the agents that it calls. Changes are numbered, since they
 * may be recorded in another order than they were made in.
 */
final class SharedScratch {
    private static final int MAX_CHARS = 1024 * 1024;

    private final ObjectNode values = Json.object();
    private final Map<String, Long> changes = new HashMap<>();
    private long lastChange;

    /**
     * Does it.
     *
     * @return {@code value}, and of a change its {@code key} and {@code change}, for the journal
     */
    synchronized ObjectNode apply(ObjectNode operation) throws CallFailed {
        String key = operation.path("key").asText();
        JsonNode value = operation.path("value");
        String what = operation.path("do").asText();
        JsonNode result =
                switch (what) {
                    case "get" -> orNull(values.get(key));
                    case "all" -> values.deepCopy();
                    case "set" -> value;
                    case "add" -> sum(key, value);
                    case "append" -> appended(key, value);
                    default ->
                            throw CallFailed.of(
                                    "bad_call", "ctx.state has get, set, add, append, all");
                };
        if (Json.text(result).length() > MAX_CHARS) {
            throw CallFailed.of("too_large", "a value in ctx.state may have 1 MiB");
        }
        ObjectNode entry = Json.object();
        entry.set("value", result);
        if (!what.equals("get") && !what.equals("all")) {
            entry.put("key", key).put("change", lastChange + 1);
            restore(entry);
        }
        return entry;
    }

    /** What the pattern is given of an entry. */
    static JsonNode value(JsonNode entry) {
        return entry.path("value");
    }

    /** Takes over what an earlier worker has recorded. */
    synchronized void restore(JsonNode entry) {
        String key = entry.path("key").asText();
        long change = entry.path("change").asLong();
        if (entry.has("change") && change > changes.getOrDefault(key, 0L)) {
            changes.put(key, change);
            values.set(key, entry.path("value"));
            lastChange = Math.max(lastChange, change);
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

    private static JsonNode orNull(@Nullable JsonNode node) {
        return node == null ? JsonNodeFactory.instance.nullNode() : node;
    }
}
