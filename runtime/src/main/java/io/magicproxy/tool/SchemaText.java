package io.magicproxy.tool;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A schema in a line, as TypeScript would write its type: {@code {a: string, b?: integer[]}}. */
final class SchemaText {
    private static final int MAX_DEPTH = 3;

    private SchemaText() {}

    static String of(JsonNode schema) {
        return of(schema, 0);
    }

    private static String of(JsonNode schema, int depth) {
        if (schema.path("enum").isArray()) {
            return joined(schema.path("enum"));
        }
        for (String several : List.of("anyOf", "oneOf")) {
            if (schema.path(several).isArray()) {
                List<String> options = new ArrayList<>();
                schema.path(several).forEach(one -> options.add(of(one, depth)));
                return String.join(" | ", options);
            }
        }
        return switch (schema.path("type").asText()) {
            case "object" -> object(schema, depth);
            case "array" -> list(of(schema.path("items"), depth + 1));
            case "" -> "any";
            default -> schema.path("type").asText();
        };
    }

    private static String list(String of) {
        return (of.contains(" | ") ? "(" + of + ")" : of) + "[]";
    }

    private static String joined(JsonNode values) {
        List<String> all = new ArrayList<>();
        values.forEach(value -> all.add(Json.text(value)));
        return String.join(" | ", all);
    }

    private static String object(JsonNode schema, int depth) {
        JsonNode properties = schema.path("properties");
        if (properties.isEmpty() || depth >= MAX_DEPTH) {
            return depth == 0 ? "{}" : "object";
        }
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        List<String> fields = new ArrayList<>();
        properties
                .properties()
                .forEach(field ->
                        fields.add(
                                field.getKey()
                                        + (required.contains(field.getKey()) ? ": " : "?: ")
                                        + of(field.getValue(), depth + 1)));
        return "{" + String.join(", ", fields) + "}";
    }
}
