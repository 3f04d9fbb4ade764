package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The request's fields that the house doesn't know. Those that belong to other vendors are left out
 * with a note, since Anthropic refuses a request for them; all others go to Anthropic as they are,
 * so that what it learns tomorrow can be used today. {@code extra_body} goes in unread.
 */
final class Extras {
    private static final Set<String> FOREIGN =
            Set.of(
                    // OpenAI's
                    "audio",
                    "function_call",
                    "logit_bias",
                    "modalities",
                    "moderation",
                    "prediction",
                    "prompt_cache_key",
                    "prompt_cache_options",
                    "prompt_cache_retention",
                    "safety_identifier",
                    "store",
                    "verbosity",
                    "web_search_options",
                    // Gemini's
                    "cached_content",
                    "generation_config",
                    "google_tools",
                    "labels",
                    "safety_settings",
                    "thinking_config",
                    // OpenRouter's and those of local servers
                    "chat_template_kwargs",
                    "min_p",
                    "min_tokens",
                    "models",
                    "plugins",
                    "provider",
                    "repetition_penalty",
                    "route",
                    "top_a",
                    "transforms");

    /** Copies: a profile's defaults stand in many requests, and this one's are changed. */
    private final ObjectNode fields = Json.object();

    Extras(ObjectNode rest) {
        rest.properties().stream()
                .filter(e -> !e.getValue().isNull())
                .forEach(e -> fields.set(e.getKey(), e.getValue().deepCopy()));
    }

    /** A field; it counts as used from now on. */
    Optional<JsonNode> take(String name) {
        return Optional.ofNullable(fields.remove(name));
    }

    boolean has(String name) {
        return fields.has(name);
    }

    /** Puts what nobody took into the request. */
    void passOn(ObjectNode body, List<String> notes) {
        Optional<JsonNode> direct = take("extra_body");
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            if (FOREIGN.contains(field.getKey())) {
                notes.add(field.getKey() + " has no effect on anthropic");
            } else {
                merge(body, field.getKey(), field.getValue());
            }
        }
        if (direct.isPresent()) {
            direct.get().properties().forEach(e -> merge(body, e.getKey(), e.getValue()));
        }
    }

    /** Objects go into objects, tools to tools; anything else takes the place of what was there. */
    static void merge(ObjectNode body, String name, JsonNode value) {
        if (body.get(name) instanceof ObjectNode old && value instanceof ObjectNode added) {
            added.properties().forEach(e -> old.set(e.getKey(), e.getValue()));
        } else if (body.get(name) instanceof ArrayNode old
                && value instanceof ArrayNode added
                && name.equals("tools")) {
            old.addAll(added);
        } else {
            body.set(name, value);
        }
    }
}
