package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * JSON Schema for {@code parametersJsonSchema} and {@code responseJsonSchema}, which read most of
 * it. (Their elder siblings {@code parameters} and {@code responseSchema} answer 400 for every
 * keyword outside a small subset of OpenAPI's.)
 *
 * <p>Keywords that Gemini doesn't list are left out; {@code const}, {@code allOf}, exclusive limits
 * and the like are said in its words. The order of fields stays, for prompt caches.
 */
final class JsonSchemas {
    private static final Set<String> KEPT =
            Set.of(
                    "type",
                    "description",
                    "minItems",
                    "maxItems",
                    "minimum",
                    "maximum",
                    "propertyOrdering",
                    // Not in the list for JSON Schema, but read: they are in the older subset.
                    "pattern",
                    "minLength",
                    "maxLength",
                    "minProperties",
                    "maxProperties",
                    "default");

    private static final Set<String> KNOWN_FORMATS =
            Set.of("date-time", "date", "time", "enum", "int32", "int64", "float", "double");

    private final SchemaReferences references;

    private JsonSchemas(SchemaReferences references) {
        this.references = references;
    }

    /**
     * @param place where the caller wrote it, for messages
     */
    static ObjectNode translate(String place, ObjectNode schema) throws ProviderException {
        SchemaReferences references = new SchemaReferences(place, schema);
        JsonSchemas translation = new JsonSchemas(references);
        ObjectNode out = translation.schema(schema, Set.of(), 0);
        ObjectNode definitions = Json.object();
        // Defining one may come upon another.
        while (definitions.size() < references.circular().size()) {
            for (Map.Entry<String, String> one : references.circular().entrySet()) {
                if (!definitions.has(one.getValue())) {
                    JsonNode target = references.target(one.getKey());
                    definitions.set(
                            one.getValue(), translation.schema(target, Set.of(one.getKey()), 1));
                }
            }
        }
        if (!definitions.isEmpty()) {
            out.set("$defs", definitions);
        }
        return out;
    }

    /** Whether a function with these parameters takes any; one without leaves them out. */
    static boolean takesArguments(ObjectNode parameters) {
        return !parameters.path("properties").isEmpty()
                || parameters.has("$ref")
                || parameters.has("anyOf")
                || parameters.has("oneOf")
                || parameters.has("allOf")
                || parameters.path("additionalProperties").isObject()
                || parameters.path("additionalProperties").asBoolean(false);
    }

    /**
     * @param within the references that lead here: one of them again would never end
     */
    private ObjectNode schema(JsonNode given, Set<String> within, int depth)
            throws ProviderException {
        references.count(1, depth);
        ObjectNode out = Json.object();
        // true and false are schemas too.
        if (!(given instanceof ObjectNode object)) {
            return out;
        }
        Optional<String> circular = references.circular(object, within);
        if (circular.isPresent()) {
            return out.put("$ref", "#/$defs/" + circular.get());
        }
        Set<String> along = new HashSet<>(within);
        ObjectNode flat = references.flat(object, along, depth);
        for (Map.Entry<String, JsonNode> field : flat.properties()) {
            keyword(field.getKey(), field.getValue(), flat, out, new Level(along, depth + 1));
        }
        requiredOnlyWhatIsThere(out);
        nullable(flat, out);
        return out;
    }

    private void keyword(String name, JsonNode value, ObjectNode from, ObjectNode out, Level level)
            throws ProviderException {
        switch (name) {
            case "properties" -> out.set(name, each(value, level));
            case "items" -> {
                if (value.isArray()) {
                    out.set("prefixItems", list(value, level));
                } else {
                    out.set("items", schema(value, level.within(), level.depth()));
                }
            }
            case "prefixItems" -> out.set(name, list(value, level));
            case "anyOf", "oneOf" -> alternatives(value, out, level);
            case "additionalProperties" ->
                    out.set(
                            name,
                            value.isBoolean()
                                    ? value
                                    : schema(value, level.within(), level.depth()));
            case "const" -> constant(value, from, out);
            case "enum" -> enumeration(value, out);
            case "required" -> out.set(name, value);
            case "format" -> format(Wire.text(value), from, out);
            case "exclusiveMinimum" -> limit("minimum", value, from, out);
            case "exclusiveMaximum" -> limit("maximum", value, from, out);
            default -> {
                if (KEPT.contains(name) && !out.has(name)) {
                    out.set(name, value);
                }
            }
        }
    }

    private ObjectNode each(JsonNode schemas, Level level) throws ProviderException {
        ObjectNode out = Json.object();
        for (Map.Entry<String, JsonNode> schema : schemas.properties()) {
            out.set(schema.getKey(), schema(schema.getValue(), level.within(), level.depth()));
        }
        return out;
    }

    private ArrayNode list(JsonNode schemas, Level level) throws ProviderException {
        ArrayNode out = JsonNodeFactory.instance.arrayNode();
        for (JsonNode schema : schemas) {
            out.add(schema(schema, level.within(), level.depth()));
        }
        return out;
    }

    /** An alternative of which nothing is left, such as a lone {@code not}, would allow all. */
    private void alternatives(JsonNode schemas, ObjectNode out, Level level)
            throws ProviderException {
        ArrayNode kept = JsonNodeFactory.instance.arrayNode();
        for (JsonNode schema : schemas) {
            ObjectNode alternative = schema(schema, level.within(), level.depth());
            if (!alternative.isEmpty()) {
                kept.add(alternative);
            }
        }
        if (!kept.isEmpty()) {
            out.withArrayProperty("anyOf").addAll(kept);
        }
    }

    private static void constant(JsonNode value, ObjectNode from, ObjectNode out) {
        ArrayNode only = JsonNodeFactory.instance.arrayNode().add(value);
        enumeration(only, out);
        if (!from.has("type")) {
            switch (value.getNodeType()) {
                case STRING -> out.put("type", "string");
                case BOOLEAN -> out.put("type", "boolean");
                case NULL -> out.put("type", "null");
                case NUMBER -> out.put("type", value.isIntegralNumber() ? "integer" : "number");
                case ARRAY, OBJECT, BINARY, MISSING, POJO -> {
                    // Nothing that an enum could say.
                }
            }
        }
    }

    /** Gemini lists strings and numbers; null is the type's business. */
    private static void enumeration(JsonNode values, ObjectNode out) {
        ArrayNode kept = JsonNodeFactory.instance.arrayNode();
        for (JsonNode value : values) {
            if (value.isTextual() || value.isNumber()) {
                kept.add(value);
            }
        }
        if (!kept.isEmpty()) {
            out.set("enum", kept);
        }
    }

    /** A format unknown to Gemini may be refused; the model still reads it in words. */
    private static void format(String format, ObjectNode from, ObjectNode out) {
        if (KNOWN_FORMATS.contains(format)) {
            out.put("format", format);
        } else if (!format.isEmpty()) {
            String said = Wire.text(from, "description");
            String hint = "format: " + format;
            out.put("description", said.isEmpty() ? hint : said + " (" + hint + ")");
        }
    }

    /** Exact for whole numbers; else the limit itself is let in. */
    private static void limit(String name, JsonNode value, ObjectNode from, ObjectNode out) {
        if (!value.isNumber() || from.has(name)) {
            return;
        }
        BigDecimal bound = value.decimalValue();
        // A scale far out would make the rounding write down millions of digits.
        if (Wire.text(from, "type").equals("integer") && Math.abs(bound.scale()) < 100) {
            bound =
                    name.equals("minimum")
                            ? bound.setScale(0, RoundingMode.FLOOR).add(BigDecimal.ONE)
                            : bound.setScale(0, RoundingMode.CEILING).subtract(BigDecimal.ONE);
        }
        out.put(name, bound);
    }

    private static void nullable(ObjectNode from, ObjectNode out) {
        if (from.path("nullable").asBoolean(false) && out.path("type").isTextual()) {
            String type = Wire.text(out, "type");
            out.putArray("type").add(type).add("null");
        }
    }

    private static void requiredOnlyWhatIsThere(ObjectNode out) {
        if (!out.has("required")) {
            return;
        }
        ArrayNode kept = JsonNodeFactory.instance.arrayNode();
        for (JsonNode name : out.path("required")) {
            if (name.isTextual() && out.path("properties").has(name.textValue())) {
                kept.add(name);
            }
        }
        if (kept.isEmpty()) {
            out.remove("required");
        } else {
            out.set("required", kept);
        }
    }

    /** Where the schemas inside a schema stand. */
    private record Level(Set<String> within, int depth) {}
}
