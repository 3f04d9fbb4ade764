package io.magicproxy.pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.tool.SchemaCheck;
import java.util.List;

/**
 * What the caller wants of the final answer, in the fields of a chat request. Where one model call
 * writes nothing but the answer, they all go with it; where the answer stands in tags among
 * thoughts, each is kept in its own way.
 */
final class AnswerForm {
    /** They do no harm to a turn that thinks before it answers. */
    private static final List<String> SAMPLING =
            List.of("temperature", "top_p", "seed", "presence_penalty", "frequency_penalty");

    /** Nobody else's tokens can be counted from here; four letters a token is usual. */
    private static final int CHARS_PER_TOKEN = 4;

    private final ObjectNode wanted;

    AnswerForm(ObjectNode wanted) {
        this.wanted = wanted;
    }

    /** For a model call whose text is the answer. */
    ObjectNode all() {
        return wanted.deepCopy();
    }

    /** For a model call that is the answer, or calls tools. */
    ObjectNode untagged() {
        return all().without("response_format");
    }

    /** For a model call that may hold the answer among other things. */
    ObjectNode sampling() {
        ObjectNode some = Json.object();
        SAMPLING.stream().filter(wanted::has).forEach(name -> some.set(name, wanted.get(name)));
        return some;
    }

    /** Where an answer that stands in tags is cut. */
    int maxChars() {
        JsonNode tokens =
                wanted.has("max_completion_tokens")
                        ? wanted.path("max_completion_tokens")
                        : wanted.path("max_tokens");
        return tokens.canConvertToInt() && tokens.asInt() > 0
                ? (int) Math.min(Integer.MAX_VALUE, (long) tokens.asInt() * CHARS_PER_TOKEN)
                : Integer.MAX_VALUE;
    }

    /** Whether the answer is to be JSON. */
    boolean structured() {
        return wanted.path("response_format").path("type").asText().startsWith("json");
    }

    /** Whether the answer is as the caller wants it. */
    boolean fits(String answer) {
        if (!structured()) {
            return true;
        }
        try {
            JsonNode value = Json.read(answer);
            JsonNode schema = wanted.path("response_format").path("json_schema").path("schema");
            return schema instanceof ObjectNode object
                    ? new SchemaCheck(object).problem(value).isEmpty()
                    : value.isObject();
        } catch (JsonProcessingException | IllegalArgumentException e) {
            // An invalid schema is for the provider to refuse, in its own words.
            return false;
        }
    }
}
