package io.magicproxy.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** The form in which the answer is wanted. */
public sealed interface ResponseFormat {
    record Text() implements ResponseFormat {}

    record JsonObject() implements ResponseFormat {}

    record JsonSchema(String name, ObjectNode schema, Optional<Boolean> strict)
            implements ResponseFormat {}
}
