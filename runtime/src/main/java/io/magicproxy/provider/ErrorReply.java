package io.magicproxy.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * An answer with an error status.
 *
 * @param header the value of a header by its name, in any case
 */
public record ErrorReply(int status, Function<String, Optional<String>> header, byte[] body) {
    private static final int SHOWN_CHARS = 500;

    /** The body as JSON; a missing node if it is something else, such as a proxy's HTML page. */
    public JsonNode json() {
        try {
            return Json.read(body);
        } catch (JsonProcessingException e) {
            return Json.object().path("missing");
        }
    }

    /** The body as text for a message, cut to a readable length. */
    public String text() {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        return text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
    }
}
