package io.magicproxy.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.function.UnaryOperator;

/** JSON whose texts have been cleaned of secrets. */
public final class Masked {
    private Masked() {}

    public static JsonNode in(JsonNode value, UnaryOperator<String> mask) {
        if (value.isTextual()) {
            return JsonNodeFactory.instance.textNode(mask.apply(value.asText()));
        }
        if (value.isNumber()) {
            String digits = value.asText();
            String clean = mask.apply(digits);
            return clean.equals(digits) ? value : JsonNodeFactory.instance.textNode(clean);
        }
        if (value.isArray()) {
            ArrayNode made = JsonNodeFactory.instance.arrayNode();
            value.forEach(one -> made.add(in(one, mask)));
            return made;
        }
        if (value.isObject()) {
            ObjectNode made = Json.object();
            value.properties()
                    .forEach(one -> made.set(mask.apply(one.getKey()), in(one.getValue(), mask)));
            return made;
        }
        return value;
    }
}
