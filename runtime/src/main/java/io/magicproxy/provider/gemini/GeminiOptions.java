package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The request's fields that OpenAI's format doesn't have, under Gemini's camelCase names whichever
 * way the caller spelled them.
 *
 * <p>They may stand at the top level, in {@code extra_body}, or in {@code extra_body.google}, where
 * Google's own OpenAI endpoint reads them; the later place wins. What {@code extra_body} names and
 * the codec doesn't know goes to Gemini as it is. An unknown field at the top level does not, since
 * Gemini refuses a request for it.
 */
final class GeminiOptions {
    private final Map<String, Option> options = new LinkedHashMap<>();

    private GeminiOptions() {}

    static GeminiOptions of(ObjectNode rest) {
        GeminiOptions all = new GeminiOptions();
        JsonNode extra = rest.path("extra_body");
        all.add(rest, "", false);
        all.options.remove("extraBody");
        if (extra instanceof ObjectNode body) {
            all.add(body, "extra_body.", true);
            all.options.remove("google");
            if (body.path("google") instanceof ObjectNode google) {
                all.add(google, "extra_body.google.", true);
            }
        }
        return all;
    }

    private void add(ObjectNode fields, String place, boolean asked) {
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            if (!field.getValue().isNull()) {
                options.put(
                        camel(field.getKey()),
                        new Option(place + field.getKey(), field.getValue(), asked));
            }
        }
    }

    /** A field by its camelCase name; it counts as used from now on. */
    Optional<Option> take(String name) {
        return Optional.ofNullable(options.remove(name));
    }

    /** What nobody took and the caller named in {@code extra_body}, for Gemini as it is. */
    ObjectNode asked() {
        ObjectNode asked = Json.object();
        options.forEach((name, option) -> {
            if (option.asked()) {
                asked.set(name, option.value());
            }
        });
        return asked;
    }

    /** The names of fields that nobody took. */
    List<String> ignored() {
        return options.values().stream().filter(o -> !o.asked()).map(Option::place).toList();
    }

    /** An object with its own keys in camelCase; what they hold is left alone. */
    static ObjectNode camelKeys(JsonNode object) {
        ObjectNode camel = Json.object();
        object.properties().forEach(e -> camel.set(camel(e.getKey()), e.getValue()));
        return camel;
    }

    /** Adds one object's members to another's, objects into objects; the added ones win. */
    static void merge(ObjectNode into, ObjectNode added) {
        for (Map.Entry<String, JsonNode> field : added.properties()) {
            if (into.get(field.getKey()) instanceof ObjectNode old
                    && field.getValue() instanceof ObjectNode fresh) {
                merge(old, fresh);
            } else if (into.get(field.getKey()) instanceof ArrayNode old
                    && field.getValue() instanceof ArrayNode fresh
                    && field.getKey().equals("tools")) {
                old.addAll(fresh);
            } else {
                into.set(field.getKey(), field.getValue().deepCopy());
            }
        }
    }

    private static String camel(String name) {
        StringBuilder camel = new StringBuilder(name.length());
        boolean upper = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '_' && !camel.isEmpty()) {
                upper = true;
            } else {
                camel.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return camel.toString();
    }

    /**
     * One field.
     *
     * @param place where the caller wrote it, for messages
     * @param asked whether it stood in {@code extra_body}, so that the caller means Gemini
     */
    record Option(String place, JsonNode value, boolean asked) {}
}
