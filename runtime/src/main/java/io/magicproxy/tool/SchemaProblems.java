package io.magicproxy.tool;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.networknt.schema.Error;
import io.magicproxy.chat.Json;
import io.magicproxy.config.DidYouMean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What doesn't fit a schema, in words from which whoever made the value can mend it. */
final class SchemaProblems {
    private static final int MAX_SHOWN = 60;

    private final JsonNode schema;

    /** What a value's type could have been, by its place. */
    private final Map<String, Types> types = new LinkedHashMap<>();

    private record Types(Set<String> expected, JsonNode found) {}

    private SchemaProblems(JsonNode schema) {
        this.schema = schema;
    }

    /**
     * @param schema the whole of it, in which the errors' places are found
     */
    static List<String> of(List<Error> errors, JsonNode schema) {
        return new SchemaProblems(schema).texts(errors);
    }

    private List<String> texts(List<Error> errors) {
        List<String> texts = new ArrayList<>();
        for (Error error : errors) {
            String place = error.getInstanceLocation().toString();
            if (!error.getKeyword().equals("type")) {
                texts.add(text(error, name(place)));
            } else {
                Types known =
                        types.computeIfAbsent(
                                place,
                                _ -> new Types(new LinkedHashSet<>(), error.getInstanceNode()));
                names(error.getSchemaNode(), known.expected);
            }
        }
        types.forEach((place, type) -> texts.add(text(name(place), type)));
        return texts;
    }

    private static void names(JsonNode type, Set<String> into) {
        if (type.isArray()) {
            type.forEach(one -> into.add(one.asText()));
        } else {
            into.add(type.asText());
        }
    }

    private String text(Error error, String place) {
        return switch (error.getKeyword()) {
            case "required" -> quoted(place, error.getProperty()) + " is missing";
            case "additionalProperties", "unevaluatedProperties" -> {
                List<String> known = siblings(error);
                yield quoted(place, error.getProperty())
                        + " is not known"
                        + DidYouMean.hint(String.valueOf(error.getProperty()), known);
            }
            case "enum" ->
                    subject(place)
                            + " must be one of "
                            + list(error.getSchemaNode())
                            + ", not "
                            + shown(error.getInstanceNode());
            default -> subject(place) + " " + error.getMessage();
        };
    }

    private static String text(String place, Types type) {
        return subject(place)
                + " must be "
                + type.expected.stream()
                        .map(SchemaProblems::article)
                        .collect(Collectors.joining(" or "))
                + ", not "
                + (type.found.getNodeType() == JsonNodeType.NULL
                        ? "null"
                        : "the " + kind(type.found) + " " + shown(type.found));
    }

    private static String article(String type) {
        return switch (type) {
            case "null" -> "null";
            case "array", "integer", "object" -> "an " + type;
            default -> "a " + type;
        };
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "array";
            case OBJECT -> "object";
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> "number";
            case NULL, MISSING, BINARY, POJO -> "value";
        };
    }

    /** The names that would have been known where this one is not. */
    private List<String> siblings(Error error) {
        String at = error.getSchemaLocation().getFragment().toString();
        JsonNode above = schema.at(JsonPointer.compile(at.isEmpty() ? "" : at).head());
        List<String> names = new ArrayList<>();
        above.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** {@code /filters/0/key} as {@code filters[0].key}. */
    private static String name(String pointer) {
        StringBuilder name = new StringBuilder();
        for (String part : pointer.split("/", -1)) {
            String plain = part.replace("~1", "/").replace("~0", "~");
            if (plain.matches("\\d+")) {
                name.append('[').append(plain).append(']');
            } else if (!plain.isEmpty()) {
                name.append(name.isEmpty() ? "" : ".").append(plain);
            }
        }
        return name.toString();
    }

    private static String quoted(String place, String property) {
        return '"' + (place.isEmpty() ? "" : place + ".") + property + '"';
    }

    private static String subject(String place) {
        return place.isEmpty() ? "the whole" : '"' + place + '"';
    }

    private static String list(JsonNode values) {
        List<String> all = new ArrayList<>();
        values.forEach(value -> all.add(Json.text(value)));
        return String.join(", ", all);
    }

    private static String shown(JsonNode value) {
        String text = Json.text(value);
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }
}
