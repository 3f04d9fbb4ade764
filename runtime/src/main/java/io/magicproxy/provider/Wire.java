package io.magicproxy.provider;

import com.fasterxml.jackson.databind.JsonNode;

/** Careful reading of JSON that somebody else wrote. */
public final class Wire {
    private Wire() {}

    /**
     * A member's text; "" for anything else. (Jackson's own {@code asText} makes "null" of null.)
     */
    public static String text(JsonNode object, String name) {
        return text(object.path(name));
    }

    public static String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : "";
    }
}
