package io.magicproxy.pattern;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    private static final List<String> NAMES =
            List.of("tool_name", "tool", "name", "function", "action");
    private static final List<String> ARGUMENTS =
            List.of("arguments", "args", "parameters", "input", "action_input");

    private static final Set<String> CALL_KEYS =
            Stream.of(NAMES, ARGUMENTS, List.of("type", "id"))
                    .flatMap(List::stream)
                    .collect(Collectors.toSet());

    private static final Pattern FENCE = Pattern.compile("^```\\w*|```$");

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
        Optional<JsonNode> found = call(text);
        if (found.isEmpty()) {
            return new Action.Unreadable(
                    "The <ACTION> holds no JSON object. Write one such as {\"tool_name\": \"…\", \"arguments\": {…}}.");
        }
        JsonNode call = found.get();
        if (call.isEmpty()) {
            return new Action.Empty();
        }
        Optional<String> name = name(call);
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
        return arguments(name.get(), arguments);
    }

    /** Whether the text is nothing but a call of one of these tools: a model forgot the tags. */
    static boolean isBareCall(String text, Set<String> tools) {
        String json = FENCE.matcher(text.strip()).replaceAll("").strip();
        if (!json.startsWith("{") || !json.endsWith("}")) {
            return false;
        }
        Optional<Found> found = read(json);
        return found.isPresent()
                && found.get().length() == json.length()
                && CALL_KEYS.containsAll(keys(found.get().node()))
                && action(json) instanceof Action.Call call
                && tools.contains(call.tool());
    }

    private static List<String> keys(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** Arguments as an object, or as text that holds one. */
    static Action arguments(String tool, JsonNode arguments) {
        if (arguments instanceof ObjectNode object) {
            return new Action.Call(tool, object);
        }
        if (arguments.isNull() || (arguments.isTextual() && arguments.asText().isBlank())) {
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

    /** The first object that names a tool; else the first one. Prose may hold others. */
    private static Optional<JsonNode> call(String text) {
        List<JsonNode> objects = new ArrayList<>();
        for (JsonNode node : all(text, true)) {
            if (node.isObject()) {
                objects.add(node);
            } else {
                node.forEach(
                        one -> Optional.of(one).filter(JsonNode::isObject).ifPresent(objects::add));
            }
        }
        return objects.stream()
                .map(ActionReader::unwrapped)
                .filter(object -> name(object).isPresent())
                .findFirst()
                .or(() -> objects.stream().findFirst());
    }

    /** Some models write a call as their own API has it. */
    private static JsonNode unwrapped(JsonNode call) {
        return call.path("function").isObject() ? call.path("function") : call;
    }

    private static Optional<String> name(JsonNode call) {
        return NAMES.stream()
                .map(call::path)
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .findFirst();
    }

    /** The first JSON object or array in the text that is whole. */
    static Optional<JsonNode> json(String text) {
        return all(text, false).stream().findFirst();
    }

    /**
     * Those that stand side by side in the text, in their order.
     *
     * @param mended whether brackets may be missing at the end
     */
    private static List<JsonNode> all(String text, boolean mended) {
        List<JsonNode> found = new ArrayList<>();
        int tries = 0;
        int at = start(text, 0);
        while (at >= 0 && tries++ < MAX_TRIES) {
            String rest = text.substring(at);
            Optional<Found> one = read(rest);
            if (one.isEmpty() && mended) {
                one = closed(rest).flatMap(ActionReader::read);
            }
            if (one.isPresent()) {
                found.add(one.get().node());
            }
            at = start(text, at + one.map(Found::length).orElse(1));
        }
        return found;
    }

    /** JSON at a text's beginning. */
    private record Found(JsonNode node, int length) {}

    private static Optional<Found> read(String text) {
        try (JsonParser parser = FORGIVING.createParser(text)) {
            JsonNode node = parser.readValueAsTree();
            return node != null && node.isContainerNode()
                    ? Optional.of(new Found(node, (int) parser.currentLocation().getCharOffset()))
                    : Optional.empty();
        } catch (IOException e) {
            // Perhaps the next brace begins it.
            return Optional.empty();
        }
    }

    /** With the brackets that a model forgot at the end, if it did; a cut string stays cut. */
    private static Optional<String> closed(String text) {
        var open = new ArrayDeque<Character>();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    quoted = false;
                }
            } else {
                switch (c) {
                    case '"' -> quoted = true;
                    case '{' -> open.push('}');
                    case '[' -> open.push(']');
                    case '}', ']' -> open.poll();
                    default -> {
                        // Part of a value.
                    }
                }
            }
        }
        if (open.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder whole = new StringBuilder(text.strip().replaceFirst("`+$", ""));
        open.forEach(whole::append);
        return Optional.of(whole.toString());
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
