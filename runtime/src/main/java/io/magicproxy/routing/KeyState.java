package io.magicproxy.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;

/** Whether a key may be used. */
public sealed interface KeyState {
    /** It serves requests. */
    record Active() implements KeyState {}

    /** It rests; the first request after that time tries it, alone. */
    record Quarantined(Instant until, String reason, int repeats) implements KeyState {}

    /** It is not used again until somebody restores it. */
    record Retired(String reason) implements KeyState {}

    /** The name in the API and metrics. */
    default String label() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** As it is kept in the store. */
    default String toJson() {
        ObjectNode json = Json.object().put("state", label());
        switch (this) {
            case Active _ -> {}
            case Quarantined q ->
                    json.put("until", q.until().toString())
                            .put("reason", q.reason())
                            .put("repeats", q.repeats());
            case Retired r -> json.put("reason", r.reason());
        }
        return Json.text(json);
    }

    /** As it was kept; what can't be read counts as active. */
    static KeyState fromJson(String text) {
        try {
            JsonNode json = Json.read(text);
            String reason = json.path("reason").asText();
            return switch (json.path("state").asText()) {
                case "quarantined" ->
                        new Quarantined(
                                Instant.parse(json.path("until").asText()),
                                reason,
                                json.path("repeats").asInt());
                case "retired" -> new Retired(reason);
                default -> new Active();
            };
        } catch (JsonProcessingException | DateTimeException e) {
            return new Active();
        }
    }
}
