package io.magicproxy.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.magicproxy.chat.Json;
import java.util.List;
import java.util.Optional;

/**
 * What a script returns. Our code in the guest writes it as JSON, but a script may have got at that
 * code, or at the host's.
 */
public final class ScriptResult {
    private ScriptResult() {}

    /** The text, if it is what the gateway can read. */
    public static String checked(String json) throws ScriptException {
        try {
            if (!Json.read(json).isMissingNode()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            // Said below.
        }
        throw new ScriptException(
                new ScriptFailure.Thrown(
                        "What the script returned is not JSON, or nests deeper than "
                                + Json.MAX_DEPTH
                                + " levels: return plain values, or a text",
                        "TypeError",
                        Optional.empty(),
                        Optional.empty(),
                        List.of()));
    }
}
