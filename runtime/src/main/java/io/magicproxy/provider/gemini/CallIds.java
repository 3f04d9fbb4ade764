package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Wire;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Ids for tool calls that Gemini left without one: from the answer's own id, so that reading it
 * twice gives the same.
 */
final class CallIds {
    /** OpenAI refuses ids of more than 40 characters, should the conversation move there. */
    private static final int MAX_PREFIX = 24;

    private final String prefix;
    private int made;

    private CallIds(String prefix) {
        this.prefix = prefix;
    }

    /**
     * @param reply the answer, or the first event of a stream
     */
    static CallIds of(JsonNode reply) {
        String id = Wire.text(reply, "responseId").replaceAll("[^A-Za-z0-9_-]", "");
        if (id.isEmpty()) {
            byte[] text = Json.text(reply).getBytes(StandardCharsets.UTF_8);
            id = UUID.nameUUIDFromBytes(text).toString().replace("-", "");
        }
        return new CallIds(id.substring(0, Math.min(id.length(), MAX_PREFIX)));
    }

    String next() {
        return "call_" + prefix + "_" + made++;
    }
}
