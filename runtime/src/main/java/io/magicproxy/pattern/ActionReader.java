package io.magicproxy.pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.List;
import java.util.Optional;

/** Reads JSON as models write it: in prose, in a code fence, with trailing commas or comments. */
final class ActionReader {
    private static final ObjectReader FORGIVING =
            JsonMapper.builder()
                    .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
                    .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
                    .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                    .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
                    .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build()
                    .reader()
                    .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final List<String> NAMES = List.of("tool_name", "tool", "name", "action");
    private static final List<String> ARGUMENTS =
            List.of("arguments", "args", "parameters", "input", "action_input");

    /** A text with more opening braces before its JSON is not worth more tries. */
    private static final int MAX_TRIES = 50;

    private ActionReader() {}

    /** What stands in an {@code <ACTION>}. */
    sealed interface Action {
        /** Nothing: the stage is done. */
        record Empty() implements Action {}

        record Call(String tool, ObjectNode arguments) implements Action {}

        /** For the model: what is wrong with it. */
        record Unreadable(String message) implements Action {}
    }

    static Action action(String text) {
        if (text.replace("`", "").replace("json", "").isBlank()) {
            return new Action.Empty();
        }
        Optional<JsonNode> found = json(text);
        if (found.isEmpty() || !found.get().isObject()) {
            return new Action.Unreadable(
                    "The <ACTION> holds no JSON object. Write one such as {\"tool_name\": \"…\", \"arguments\": {…}}.");
        }
        JsonNode call = found.get();
        if (call.isEmpty()) {
            return new Action.Empty();
        }
        Optional<JsonNode> name =
                NAMES.stream().map(call::path).filter(JsonNode::isTextual).findFirst();
        if (name.isEmpty()) {
            return new Action.Unreadable(
                    "The <ACTION> names no tool. Its JSON object needs \"tool_name\".");
        }
        JsonNode arguments =
                ARGUMENTS.stream()
                        .map(call::path)
                        .filter(a -> !a.isMissingNode())
                        .findFirst()
                        .orElseGet(Json::object);
        return arguments(name.get().asText(), arguments);
    }

    /** Arguments as an object, or as text that holds one. */
    static Action arguments(String tool, JsonNode arguments) {
        if (arguments instanceof ObjectNode object) {
            return new Action.Call(tool, object);
        }
        if (arguments.isNull() || arguments.asText("x").isBlank()) {
            return new Action.Call(tool, Json.object());
        }
        if (arguments.isTextual()
                && json(arguments.asText()).orElse(null) instanceof ObjectNode o) {
            return new Action.Call(tool, o);
        }
        return new Action.Unreadable(
                "The arguments of \""
                        + tool
                        + "\" are no JSON object. Write {\"name\": value, …}.");
    }

    /** The first JSON object or array in the text. */
    static Optional<JsonNode> json(String text) {
        int tries = 0;
        for (int at = start(text, 0); at >= 0 && tries++ < MAX_TRIES; at = start(text, at + 1)) {
            try {
                JsonNode node = FORGIVING.readTree(text.substring(at));
                if (node != null && node.isContainerNode()) {
                    return Optional.of(node);
                }
            } catch (JsonProcessingException e) {
                // Perhaps the next brace begins it.
            }
        }
        return Optional.empty();
    }

    private static int start(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '{' || text.charAt(i) == '[') {
                return i;
            }
        }
        return -1;
    }
}
