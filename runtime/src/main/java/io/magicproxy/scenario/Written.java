package io.magicproxy.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Values as scenario files have them. */
public final class Written {
    private Written() {}

    /** What was not written is read as an empty object. */
    public static boolean given(JsonNode node) {
        return !(node.isObject() && node.isEmpty());
    }

    /** One text, or a list of them. */
    public static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        if (node.isValueNode()) {
            texts.add(node.asText());
        } else if (node.isArray()) {
            node.forEach(one -> texts.add(one.asText()));
        }
        return texts;
    }

    public static String text(JsonNode node) {
        return node.isValueNode() ? node.asText() : "";
    }

    /** Numbers by their value: 2 is 2.0. */
    public static boolean same(JsonNode one, JsonNode other) {
        return one.equals(
                (a, b) ->
                        a.isNumber() && b.isNumber()
                                ? a.decimalValue().compareTo(b.decimalValue())
                                : a.equals(b) ? 0 : 1,
                other);
    }
}
