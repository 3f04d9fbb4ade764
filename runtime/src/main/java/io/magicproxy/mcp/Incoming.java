package io.magicproxy.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.Optional;

/** One JSON-RPC message of a client. */
public sealed interface Incoming {
    /**
     * Wants an answer.
     *
     * @param id a String, an Integer or a Long
     */
    record Request(Object id, String method, ObjectNode params) implements Incoming {}

    record Notification(String method, ObjectNode params) implements Incoming {}

    /** Answers a request of ours. */
    record Answer(Object id, JsonNode result, Optional<JsonNode> error) implements Incoming {}

    /** None of these, and why. */
    record Malformed(String reason) implements Incoming {}

    static Incoming of(ObjectNode message) {
        if (!message.path("jsonrpc").asText().equals("2.0")) {
            return new Malformed("\"jsonrpc\" must be \"2.0\"");
        }
        Optional<Object> id = id(message.path("id"));
        if (message.has("id") && id.isEmpty()) {
            return new Malformed("\"id\" must be a text or a whole number");
        }
        JsonNode method = message.path("method");
        if (method.isTextual()) {
            JsonNode params = message.path("params");
            if (!params.isMissingNode() && !params.isNull() && !params.isObject()) {
                return new Malformed("\"params\" must be an object");
            }
            ObjectNode object = params instanceof ObjectNode o ? o : Json.object();
            return id.isPresent()
                    ? new Request(id.get(), method.asText(), object)
                    : new Notification(method.asText(), object);
        }
        boolean answers = message.has("result") ^ message.path("error").isObject();
        if (id.isEmpty() || !answers) {
            return new Malformed(
                    "a message has a \"method\", or an \"id\" with a \"result\" or an \"error\"");
        }
        return new Answer(
                id.get(),
                message.path("result"),
                Optional.of(message.path("error")).filter(JsonNode::isObject));
    }

    /** Absent for what can't identify a request. */
    static Optional<Object> id(JsonNode id) {
        if (id.isTextual()) {
            return Optional.of(id.asText());
        }
        return id.isIntegralNumber() && id.canConvertToLong()
                ? Optional.of(id.canConvertToInt() ? (Object) id.asInt() : id.asLong())
                : Optional.empty();
    }
}
