package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.ProviderException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * JSON Schema for {@code parametersJsonSchema} and {@code responseJsonSchema}, which read most of
 * it, {@code $ref} and {@code anyOf} included. (Their elder siblings {@code parameters} and {@code
 * responseSchema} answer 400 for every keyword outside a small subset of OpenAPI's.)
 *
 * <p>Keywords that Gemini doesn't list are left out; {@code const}, {@code allOf}, exclusive limits
 * and the like are said in its words. The order of fields stays, for prompt caches.
 */
final class JsonSchemas {
    private static final int MAX_DEPTH = 64;

    /** allOf may fold the same definitions in again and again. */
    private static final int MAX_NODES = 20_000;

    private static final Set<String> KEPT =
            Set.of(
                    "$id",
                    "$anchor",
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

    private final String place;
    private final ObjectNode root;
    private int nodes;

    private JsonSchemas(String place, ObjectNode root) {
        this.place = place;
        this.root = root;
    }

    /**
     * @param place where the caller wrote it, for messages
     */
    static ObjectNode translate(String place, ObjectNode schema) throws ProviderException {
        JsonSchemas translation = new JsonSchemas(place, schema);
        return translation.schema(translation.unwrapped(), 0);
    }

    /** The root must itself be an object's schema: a reference there is followed. */
    private ObjectNode unwrapped() {
        if (!root.has("$ref") || !(resolve(root) instanceof ObjectNode target)) {
            return root;
        }
        ObjectNode whole = Json.object().<ObjectNode>setAll(target);
        for (String definitions : List.of("$defs", "definitions")) {
            if (root.has(definitions)) {
                whole.set(definitions, root.path(definitions));
            }
        }
        return whole;
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

    private ObjectNode schema(JsonNode given, int depth) throws ProviderException {
        count(1, depth);
        ObjectNode out = Json.object();
        // true and false are schemas too.
        if (!(given instanceof ObjectNode object)) {
            return out;
        }
        ObjectNode flat = object.has("allOf") ? fold(object, depth) : object;
        for (Map.Entry<String, JsonNode> field : flat.properties()) {
            keyword(field.getKey(), field.getValue(), flat, out, depth);
        }
        requiredOnlyWhatIsThere(out);
        nullable(flat, out);
        return out.has("$ref") ? alone(out) : out;
    }

    private void keyword(String name, JsonNode value, ObjectNode from, ObjectNode out, int depth)
            throws ProviderException {
        switch (name) {
            case "properties", "$defs", "definitions" ->
                    out.set(name.equals("definitions") ? "$defs" : name, each(value, depth));
            case "items" -> {
                if (value.isArray()) {
                    out.set("prefixItems", list(value, depth));
                } else {
                    out.set("items", schema(value, depth + 1));
                }
            }
            case "prefixItems" -> out.set(name, list(value, depth));
            case "anyOf", "oneOf" -> alternatives(value, out, depth);
            case "additionalProperties" ->
                    out.set(name, value.isBoolean() ? value : schema(value, depth + 1));
            case "$ref" -> out.put(name, Wire.text(value).replace("#/definitions/", "#/$defs/"));
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

    private ObjectNode each(JsonNode schemas, int depth) throws ProviderException {
        ObjectNode out = Json.object();
        for (Map.Entry<String, JsonNode> schema : schemas.properties()) {
            out.set(schema.getKey(), schema(schema.getValue(), depth + 1));
        }
        return out;
    }

    private ArrayNode list(JsonNode schemas, int depth) throws ProviderException {
        ArrayNode out = JsonNodeFactory.instance.arrayNode();
        for (JsonNode schema : schemas) {
            out.add(schema(schema, depth + 1));
        }
        return out;
    }

    /** An alternative of which nothing is left, such as a lone {@code not}, would allow all. */
    private void alternatives(JsonNode schemas, ObjectNode out, int depth)
            throws ProviderException {
        ArrayNode kept = JsonNodeFactory.instance.arrayNode();
        for (JsonNode schema : schemas) {
            ObjectNode alternative = schema(schema, depth + 1);
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

    /** Beside {@code $ref} Gemini allows only keys that begin with a dollar sign. */
    private static ObjectNode alone(ObjectNode schema) {
        ObjectNode out = Json.object();
        String description = Wire.text(schema, "description");
        if (description.isEmpty()) {
            schema.properties().stream()
                    .filter(e -> e.getKey().startsWith("$"))
                    .forEach(e -> out.set(e.getKey(), e.getValue()));
            return out;
        }
        out.put("description", description);
        out.putArray("anyOf").addObject().set("$ref", schema.path("$ref"));
        if (schema.has("$defs")) {
            out.set("$defs", schema.path("$defs"));
        }
        return out;
    }

    /** One schema that says what all of {@code allOf} say; what stands first wins. */
    private ObjectNode fold(ObjectNode schema, int depth) throws ProviderException {
        ObjectNode out = Json.object().setAll(schema);
        JsonNode members = out.remove("allOf");
        for (JsonNode member : members) {
            JsonNode resolved = members.size() > 1 ? resolve(member) : member;
            count(resolved.size() + 1, depth);
            if (resolved instanceof ObjectNode object) {
                absorb(out, object.has("allOf") ? fold(object, depth + 1) : object, depth);
            }
        }
        return out;
    }

    private JsonNode resolve(JsonNode schema) {
        String ref = Wire.text(schema, "$ref");
        JsonNode target = ref.startsWith("#/") ? root.at(ref.substring(1)) : schema;
        return target.isMissingNode() ? schema : target;
    }

    /** Changes nothing in place but {@code out} itself: the rest belongs to the caller's tree. */
    private void absorb(ObjectNode out, ObjectNode member, int depth) throws ProviderException {
        for (Map.Entry<String, JsonNode> field : member.properties()) {
            JsonNode old = out.path(field.getKey());
            if (old instanceof ObjectNode had && field.getValue() instanceof ObjectNode more) {
                count(had.size() + more.size(), depth);
                ObjectNode both = Json.object().setAll(had);
                more.properties().forEach(e -> both.putIfAbsent(e.getKey(), e.getValue()));
                out.set(field.getKey(), both);
            } else if (field.getKey().equals("required")
                    && old instanceof ArrayNode had
                    && field.getValue() instanceof ArrayNode more) {
                count(had.size() + more.size(), depth);
                ArrayNode both = JsonNodeFactory.instance.arrayNode();
                out.set("required", both.addAll(had).addAll(more));
            } else if (old.isMissingNode()) {
                out.set(field.getKey(), field.getValue());
            }
        }
    }

    private void count(int more, int depth) throws ProviderException {
        nodes += more;
        if (depth > MAX_DEPTH || nodes > MAX_NODES) {
            throw Faults.caller(
                    place,
                    "is too large a schema for Gemini: at most "
                            + MAX_DEPTH
                            + " levels and "
                            + MAX_NODES
                            + " schemas after allOf is resolved");
        }
    }
}
