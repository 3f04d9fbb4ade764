package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.Optional;

/**
 * Thought signatures on their way through OpenAI's format. Gemini wants each back in the part where
 * it came; on the wire they stand at {@code extra_content.google.thought_signature} of the tool
 * call or the message, as on Google's own OpenAI endpoint.
 */
final class Signatures {
    /**
     * Tells Gemini 3 that a tool call was made by another model and has no signature. Google's
     * documentation names it, and that it costs quality: only for calls that would be refused.
     */
    static final String FOREIGN_CALL = "skip_thought_signature_validator";

    private Signatures() {}

    static Optional<String> of(JsonNode rest) {
        return text(rest.path("extra_content").path("google").path("thought_signature"))
                // LiteLLM's place for it, so that a stored conversation can move over.
                .or(() -> text(rest.path("provider_specific_fields").path("thought_signature")));
    }

    static ObjectNode wire(String signature) {
        ObjectNode rest = Json.object();
        google(rest).put("thought_signature", signature);
        return rest;
    }

    /** The {@code extra_content.google} object, made if need be. */
    static ObjectNode google(ObjectNode rest) {
        return rest.withObject("/extra_content/google");
    }

    private static Optional<String> text(JsonNode value) {
        return value.isTextual() && !value.textValue().isEmpty()
                ? Optional.of(value.textValue())
                : Optional.empty();
    }
}
