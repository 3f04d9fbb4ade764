package io.magicproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** Free-form parts of the file as JSON, to be passed on. */
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
}
