package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.Wire;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts what {@code $ref} and {@code allOf} name into the schema that names it: Gemini finds
 * references into {@code $defs} only, and refuses most keywords beside one. What refers back to
 * itself stays a reference.
 */
final class SchemaReferences {
    private static final int MAX_DEPTH = 64;

    /** Definitions may fold others in again and again. */
    private static final int MAX_NODES = 20_000;

    private final String place;
    private final ObjectNode root;
    private final Map<String, String> circular = new LinkedHashMap<>();
    private int nodes;

    /**
     * @param place where the caller wrote the schema, for messages
     */
    SchemaReferences(String place, ObjectNode root) {
        this.place = place;
        this.root = root;
    }

    /**
     * The definition's name, if the schema refers to what it stands in.
     *
     * @param within the references that lead to the schema
     */
    Optional<String> circular(ObjectNode schema, Set<String> within) {
        String ref = Wire.text(schema, "$ref");
        return within.contains(ref) ? Optional.of(name(ref)) : Optional.empty();
    }

    /** The references found circular so far, with their definitions' names. */
    Map<String, String> circular() {
        return new LinkedHashMap<>(circular);
    }

    JsonNode target(String ref) {
        if (ref.equals("#")) {
            return root;
        }
        return ref.startsWith("#/") ? root.at(ref.substring(1)) : Json.object().path("");
    }

    /**
     * One schema that says what its reference and all of {@code allOf} say; what stands first wins.
     *
     * @param within gets the references that were followed
     */
    ObjectNode flat(ObjectNode schema, Set<String> within, int depth) throws ProviderException {
        count(schema.size() + 1, depth);
        if (!schema.has("$ref") && !schema.has("allOf")) {
            return schema;
        }
        ObjectNode out = Json.object().setAll(schema);
        out.remove("$ref");
        out.remove("allOf");
        String ref = Wire.text(schema, "$ref");
        if (target(ref) instanceof ObjectNode target && within.add(ref)) {
            absorb(out, flat(target, within, depth + 1), depth);
        }
        // What one member refers to, another may too.
        Set<String> before = new HashSet<>(within);
        for (JsonNode member : schema.path("allOf")) {
            if (member instanceof ObjectNode object) {
                Set<String> along = new HashSet<>(before);
                absorb(out, flat(object, along, depth + 1), depth);
                within.addAll(along);
            }
        }
        return out;
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

    /** Guards against schemas that nest or multiply without end. */
    void count(int more, int depth) throws ProviderException {
        nodes += more;
        if (depth > MAX_DEPTH || nodes > MAX_NODES) {
            throw Faults.caller(
                    place,
                    "is too large a schema for Gemini: at most "
                            + MAX_DEPTH
                            + " levels and "
                            + MAX_NODES
                            + " keywords once references and allOf are resolved");
        }
    }

    private String name(String ref) {
        String known = circular.get(ref);
        if (known != null) {
            return known;
        }
        String last = ref.substring(ref.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9_]", "");
        String name = last.isEmpty() ? "Root" : last;
        while (circular.containsValue(name)) {
            name += "_";
        }
        circular.put(ref, name);
        return name;
    }
}
