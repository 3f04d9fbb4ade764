package io.magicproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Free-form parts of the file as JSON, to be passed on; and JSON as if it were a file. */
final class JsonNodes {
    private JsonNodes() {}

    static JsonNode json(ConfigNode node) {
        return switch (node) {
            case ConfigNode.Mapping mapping -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                mapping.entries().forEach((key, entry) -> object.set(key, json(entry.value())));
                yield object;
            }
            case ConfigNode.Sequence sequence -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                sequence.items().forEach(item -> array.add(json(item)));
                yield array;
            }
            case ConfigNode.Scalar scalar -> scalar(scalar);
        };
    }

    private static JsonNode scalar(ConfigNode.Scalar scalar) {
        return switch (scalar.kind()) {
            case NULL -> NullNode.getInstance();
            case BOOLEAN -> BooleanNode.valueOf(Scalars.bool(scalar.text()).orElse(false));
            case NUMBER -> number(scalar.text());
            case TEXT -> TextNode.valueOf(scalar.text());
        };
    }

    /** What JSON can't say as a number stays text. */
    private static JsonNode number(String text) {
        return Scalars.number(text)
                .<JsonNode>map(DecimalNode::valueOf)
                .orElseGet(() -> TextNode.valueOf(text));
    }

    /** With paths, as all of it stands at one place. */
    static ConfigNode node(String path, JsonNode json) {
        if (json.isObject()) {
            Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
            json.properties()
                    .forEach(field -> {
                        String inner =
                                path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                        ConfigNode value = node(inner, field.getValue());
                        entries.put(field.getKey(), new ConfigNode.Entry(value, value));
                    });
            return new ConfigNode.Mapping(path, Place.START, entries);
        }
        if (json.isArray()) {
            List<ConfigNode> items = new ArrayList<>();
            json.forEach(item -> items.add(node(path + "[" + items.size() + "]", item)));
            return new ConfigNode.Sequence(path, Place.START, items);
        }
        return ConfigNode.Scalar.literal(path, Place.START, json.asText(), kind(json));
    }

    private static ConfigNode.Kind kind(JsonNode json) {
        return switch (json.getNodeType()) {
            case BOOLEAN -> ConfigNode.Kind.BOOLEAN;
            case NUMBER -> ConfigNode.Kind.NUMBER;
            case STRING -> ConfigNode.Kind.TEXT;
            case NULL, MISSING, ARRAY, OBJECT, BINARY, POJO -> ConfigNode.Kind.NULL;
        };
    }
}
