package io.magicproxy.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.Optional;

/** OpenAI's messages as the GenAI conventions write them: each a role and its parts. */
final class Conversations {
    private static final String TYPE = "type";

    private Conversations() {}

    static String asked(JsonNode messages) {
        ArrayNode all = Json.object().arrayNode();
        messages.forEach(message -> all.add(message(message)));
        return Json.text(all);
    }

    /** Of a whole answer's body; absent for one without choices. */
    static Optional<String> answered(byte[] body) {
        try {
            ArrayNode all = Json.object().arrayNode();
            for (JsonNode choice : Json.read(body).path("choices")) {
                all.add(ended(choice.path("message"), choice.path("finish_reason").asText("")));
            }
            return all.isEmpty() ? Optional.empty() : Optional.of(Json.text(all));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    static String said(JsonNode message, String finish) {
        return Json.text(Json.object().arrayNode().add(ended(message, finish)));
    }

    private static ObjectNode ended(JsonNode message, String finish) {
        return message(message).put("finish_reason", finish);
    }

    private static ObjectNode message(JsonNode message) {
        String role = message.path("role").asText("assistant");
        ObjectNode told = Json.object().put("role", role);
        ArrayNode parts = told.putArray("parts");
        JsonNode content = message.path("content");
        if (role.equals("tool")) {
            ObjectNode part = parts.addObject().put(TYPE, "tool_call_response");
            part.put("id", message.path("tool_call_id").asText());
            part.set("response", content);
            return told;
        }
        String thoughts = message.path("reasoning_content").asText("");
        if (!thoughts.isEmpty()) {
            parts.addObject().put(TYPE, "reasoning").put("content", thoughts);
        }
        if (content.isTextual()) {
            parts.addObject().put(TYPE, "text").put("content", content.textValue());
        }
        for (JsonNode part : content) {
            parts.add(part(part));
        }
        for (JsonNode call : message.path("tool_calls")) {
            JsonNode function = call.path("function");
            parts.addObject()
                    .put(TYPE, "tool_call")
                    .put("id", call.path("id").asText())
                    .put("name", function.path("name").asText())
                    .put("arguments", function.path("arguments").asText());
        }
        return told;
    }

    /** Pictures and sounds are named, not shown. */
    private static ObjectNode part(JsonNode part) {
        String type = part.path(TYPE).asText();
        return type.equals("text")
                ? Json.object().put(TYPE, "text").put("content", part.path("text").asText())
                : Json.object().put(TYPE, type);
    }
}
