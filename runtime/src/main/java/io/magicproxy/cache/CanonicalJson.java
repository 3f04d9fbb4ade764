package io.magicproxy.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.Map;
import java.util.TreeMap;

/** One text for all that mean the same: names in order, no white space, 1.0 as 1. */
final class CanonicalJson {
    private CanonicalJson() {}

    static byte[] bytes(JsonNode node) {
        return Json.bytes(canonical(node));
    }

    private static JsonNode canonical(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                Map<String, JsonNode> sorted = new TreeMap<>();
                object.properties().forEach(e -> sorted.put(e.getKey(), canonical(e.getValue())));
                yield Json.object().setAll(sorted);
            }
            case ArrayNode array -> {
                ArrayNode list = Json.object().arrayNode(array.size());
                array.forEach(item -> list.add(canonical(item)));
                yield list;
            }
            default ->
                    node.isNumber()
                            ? DecimalNode.valueOf(node.decimalValue().stripTrailingZeros())
                            : node;
        };
    }
}
