package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Wire;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * JSON Schema as Anthropic's structured outputs take it: objects are closed, {@code oneOf} is
 * {@code anyOf}, and what can't be enforced is told in the description instead, as Anthropic's own
 * SDKs do. (The API answers 400 for the keywords themselves.)
 */
final class Schemas {
    private static final Set<String> AS_IS =
            Set.of("type", "enum", "const", "default", "$ref", "title", "description", "required");

    private static final Set<String> WITHOUT_MEANING =
            Set.of("$schema", "$id", "$comment", "examples", "additionalProperties");

    private static final Set<String> FORMATS =
            Set.of(
                    "date-time",
                    "time",
                    "date",
                    "duration",
                    "email",
                    "hostname",
                    "uri",
                    "ipv4",
                    "ipv6",
                    "uuid");

    /** Keywords that are told only, in order of their names. */
    private final Set<String> told = new TreeSet<>();

    private boolean open;

    private Schemas() {}

    /**
     * Nothing for a schema with objects whose properties it doesn't name, since closed they would
     * have to be empty, nor for references in circles or to elsewhere, which Anthropic refuses.
     *
     * @param place for the note
     */
    static Optional<ObjectNode> enforceable(String place, ObjectNode schema, List<String> notes) {
        Schemas schemas = new Schemas();
        ObjectNode wire = schemas.schema(schema);
        if (schemas.open || !References.end(schema)) {
            return Optional.empty();
        }
        if (!schemas.told.isEmpty()) {
            notes.add(
                    place
                            + ": anthropic tells its model about "
                            + String.join(", ", schemas.told)
                            + ", and doesn't enforce it");
        }
        return Optional.of(wire);
    }

    private ObjectNode schema(ObjectNode schema) {
        ObjectNode wire = Json.object();
        StringJoiner unenforced = new StringJoiner(", ", "{", "}").setEmptyValue("");
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            switch (name) {
                case "properties", "$defs", "definitions" -> wire.set(name, each(value));
                case "items" -> wire.set(name, any(value));
                case "anyOf" -> wire.set(name, all(value));
                case "allOf" -> allOf(value, wire);
                case "oneOf" -> wire.set("anyOf", all(value));
                default -> {
                    if (isTaken(name, value)) {
                        wire.set(name, value);
                    } else if (!WITHOUT_MEANING.contains(name)) {
                        told.add(name);
                        unenforced.add(name + ": " + Json.text(value));
                    }
                }
            }
        }
        describe(wire, unenforced.toString());
        close(schema, wire);
        return wire;
    }

    private static boolean isTaken(String name, JsonNode value) {
        return switch (name) {
            case "format" -> FORMATS.contains(Wire.text(value));
            case "minItems" -> value.isInt() && (value.intValue() == 0 || value.intValue() == 1);
            default -> AS_IS.contains(name);
        };
    }

    private static void describe(ObjectNode wire, String unenforced) {
        if (!unenforced.isEmpty()) {
            String before = Wire.text(wire, "description");
            wire.put("description", before.isEmpty() ? unenforced : before + "\n\n" + unenforced);
        }
    }

    private void close(ObjectNode schema, ObjectNode wire) {
        JsonNode more = schema.path("additionalProperties");
        boolean named = schema.path("properties").isObject();
        open |= more.isObject() || more.asBoolean(false) || schema.has("patternProperties");
        if (named || Wire.text(schema, "type").equals("object")) {
            open |= !named && !more.isBoolean();
            wire.put("additionalProperties", false);
        }
    }

    /** Anthropic takes no reference in an {@code allOf}; one alone needs none around it. */
    private void allOf(JsonNode schemas, ObjectNode wire) {
        if (schemas.size() == 1 && schemas.path(0) instanceof ObjectNode only) {
            schema(only).properties().forEach(e -> wire.putIfAbsent(e.getKey(), e.getValue()));
        } else {
            schemas.forEach(schema -> open |= schema.has("$ref"));
            wire.set("allOf", all(schemas));
        }
    }

    private JsonNode any(JsonNode value) {
        return value instanceof ObjectNode schema ? schema(schema) : value;
    }

    private JsonNode each(JsonNode schemas) {
        ObjectNode wire = Json.object();
        schemas.properties().forEach(e -> wire.set(e.getKey(), any(e.getValue())));
        return wire;
    }

    private JsonNode all(JsonNode schemas) {
        ArrayNode wire = Json.object().putArray("all");
        schemas.forEach(schema -> wire.add(any(schema)));
        return wire;
    }
}
