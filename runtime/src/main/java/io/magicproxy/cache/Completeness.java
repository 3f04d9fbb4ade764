package io.magicproxy.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether an answer is one to be given again: it says itself that it came to its end, not to a
 * limit, and not to a filter.
 */
final class Completeness {
    private static final Set<String> ENDS = Set.of("stop", "tool_calls", "function_call", "eos");

    private Completeness() {}

    static boolean chat(byte[] body) {
        try {
            JsonNode choices = Json.read(body).path("choices");
            for (JsonNode choice : choices) {
                if (!ENDS.contains(choice.path("finish_reason").asText())) {
                    return false;
                }
            }
            return !choices.isEmpty();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    static boolean embeddings(byte[] body) {
        try {
            return !Json.read(body).path("data").isEmpty();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Whether each choice that a stream began has come to its end. */
    static boolean stream(List<byte[]> events) {
        Map<Integer, String> ends = new HashMap<>();
        try {
            for (byte[] event : events) {
                for (String line : new String(event, UTF_8).lines().toList()) {
                    if (line.startsWith("data:")) {
                        chunk(Json.read(line.substring("data:".length())), ends);
                    }
                }
            }
        } catch (JsonProcessingException e) {
            return false;
        }
        return !ends.isEmpty() && ENDS.containsAll(ends.values());
    }

    private static void chunk(JsonNode chunk, Map<Integer, String> ends) {
        for (JsonNode choice : chunk.path("choices")) {
            String end = choice.path("finish_reason").asText("");
            ends.merge(
                    choice.path("index").asInt(),
                    choice.path("finish_reason").isTextual() ? end : "",
                    (before, now) -> now.isEmpty() ? before : now);
        }
    }
}
