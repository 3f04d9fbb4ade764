package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;

/** Careful reading of JSON that somebody else wrote. */
final class Wire {
    private Wire() {}

    /**
     * A member's text; "" for anything else. (Jackson's own {@code asText} makes "null" of null.)
     */
    static String text(JsonNode object, String name) {
        return text(object.path(name));
    }

    static String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : "";
    }
}
