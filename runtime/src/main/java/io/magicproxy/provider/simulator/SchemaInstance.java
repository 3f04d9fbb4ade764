package io.magicproxy.provider.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.Map;

/**
 * Makes an instance of a JSON Schema: each object with all its properties, texts taken from the
 * question.
 */
final class SchemaInstance {
    private static final int MAX_DEPTH = 12;

    private final JsonNode root;
    private final String text;

    SchemaInstance(JsonNode root, String text) {
        this.root = root;
        this.text = text;
    }

    JsonNode make() {
        return make(root, 0);
    }

    private JsonNode make(JsonNode given, int depth) {
        JsonNode schema = followed(given);
        if (depth > MAX_DEPTH) {
            return NullNode.getInstance();
        }
        for (String fixed : new String[] {"const", "default"}) {
            if (schema.has(fixed)) {
                return schema.get(fixed);
            }
        }
        if (!schema.path("enum").isEmpty()) {
            return schema.get("enum").get(0);
        }
        for (String choice : new String[] {"anyOf", "oneOf", "allOf"}) {
            if (!schema.path(choice).isEmpty()) {
                return make(schema.get(choice).get(0), depth + 1);
            }
        }
        return typed(schema, depth);
    }

    private JsonNode typed(JsonNode schema, int depth) {
        JsonNode type =
                schema.path("type").isArray() ? schema.path("type").path(0) : schema.path("type");
        return switch (type.asText(schema.has("properties") ? "object" : "string")) {
            case "object" -> object(schema, depth);
            case "array" -> array(schema, depth);
            case "integer", "number" -> number(schema);
            case "boolean" -> BooleanNode.TRUE;
            case "null" -> NullNode.getInstance();
            default -> string(schema);
        };
    }

    private ObjectNode object(JsonNode schema, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            object.set(property.getKey(), make(property.getValue(), depth + 1));
        }
        return object;
    }

    private ArrayNode array(JsonNode schema, int depth) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        int count = Math.min(20, Math.max(1, schema.path("minItems").asInt(1)));
        for (int i = 0; i < count; i++) {
            array.add(make(schema.path("items"), depth + 1));
        }
        return array;
    }

    private static JsonNode number(JsonNode schema) {
        if (schema.has("minimum")) {
            return DecimalNode.valueOf(schema.get("minimum").decimalValue());
        }
        if (schema.has("exclusiveMinimum")) {
            return DecimalNode.valueOf(
                    schema.get("exclusiveMinimum").decimalValue().add(BigDecimal.ONE));
        }
        return schema.has("maximum")
                ? DecimalNode.valueOf(schema.get("maximum").decimalValue())
                : DecimalNode.valueOf(BigDecimal.valueOf(42));
    }

    private JsonNode string(JsonNode schema) {
        String fitting =
                switch (schema.path("format").asText("")) {
                    case "date-time" -> "2026-01-01T00:00:00Z";
                    case "date" -> "2026-01-01";
                    case "email" -> "someone@example.org";
                    case "uri", "url" -> "https://example.org/";
                    case "uuid" -> "00000000-0000-4000-8000-000000000000";
                    default -> text.isEmpty() ? "simulated" : text;
                };
        int max = schema.path("maxLength").asInt(Integer.MAX_VALUE);
        String cut = fitting.length() > max ? fitting.substring(0, Math.max(0, max)) : fitting;
        int min = Math.min(10_000, schema.path("minLength").asInt(0));
        return TextNode.valueOf(cut.length() < min ? cut + "x".repeat(min - cut.length()) : cut);
    }

    private JsonNode followed(JsonNode schema) {
        JsonNode at = schema;
        for (int i = 0; i < MAX_DEPTH && at.path("$ref").asText().startsWith("#/"); i++) {
            at = root.at(at.get("$ref").textValue().substring(1));
        }
        return at;
    }
}
