package io.magicproxy.routing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.time.Instant;
import java.util.Locale;

/** Whether a key may be used. */
public sealed interface KeyState {
    /** It serves requests. */
    record Active() implements KeyState {}

    /** It rests; the first request after that time tries it, alone. */
    record Quarantined(Instant until, String reason, int repeats) implements KeyState {}

    /** It is not used again until somebody, or a probe if its provider refused it, restores it. */
    record Retired(By by, String reason) implements KeyState {}

    /** Who has taken a key out of work. */
    enum By {
        PROVIDER,
        OPERATOR;

        /** What doesn't say counts as an operator's will. */
        private static By of(String name) {
            return name.equals(PROVIDER.wire()) ? PROVIDER : OPERATOR;
        }

        private String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The name in the API and metrics. */
    default String label() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** As it is kept in the store. */
    default ObjectNode toJson() {
        ObjectNode json = Json.object().put("state", label());
        switch (this) {
            case Active _ -> {}
            case Quarantined q ->
                    json.put("until", q.until().toString())
                            .put("reason", q.reason())
                            .put("repeats", q.repeats());
            case Retired r -> json.put("by", r.by().wire()).put("reason", r.reason());
        }
        return json;
    }

    /** As it was kept. */
    static KeyState fromJson(JsonNode json) {
        String reason = json.path("reason").asText();
        return switch (json.path("state").asText()) {
            case "quarantined" ->
                    new Quarantined(
                            Instant.parse(json.path("until").asText()),
                            reason,
                            json.path("repeats").asInt());
            case "retired" -> new Retired(By.of(json.path("by").asText()), reason);
            default -> new Active();
        };
    }
}
