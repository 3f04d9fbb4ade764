package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Gemini's {@code logprobsResult} in OpenAI's form. */
final class Logprobs {
    private Logprobs() {}

    static Optional<JsonNode> of(JsonNode candidate) {
        JsonNode result = candidate.path("logprobsResult");
        JsonNode chosen = result.path("chosenCandidates");
        if (!chosen.isArray() || chosen.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode wire = Json.object();
        ArrayNode content = wire.putArray("content");
        for (int i = 0; i < chosen.size(); i++) {
            ObjectNode token = token(chosen.path(i));
            ArrayNode top = token.putArray("top_logprobs");
            for (JsonNode other : result.path("topCandidates").path(i).path("candidates")) {
                top.add(token(other));
            }
            content.add(token);
        }
        wire.putNull("refusal");
        return Optional.of(wire);
    }

    private static ObjectNode token(JsonNode given) {
        String text = Wire.text(given, "token");
        JsonNode probability = given.path("logProbability");
        ObjectNode token = Json.object().put("token", text);
        if (probability.isNumber()) {
            token.set("logprob", probability);
        } else {
            // Zero is left out on Google's wire.
            token.put("logprob", 0);
        }
        ArrayNode bytes = token.putArray("bytes");
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(Byte.toUnsignedInt(b));
        }
        return token;
    }
}
