package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.sandbox.ScriptBundle;
import io.magicproxy.sandbox.ScriptException;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptFailure.Place;
import io.magicproxy.tool.SchemaCheck;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a manifest may hold. A mistake is the author's error now, not each caller's later. */
final class ManifestCheck {
    /** The limits that a pattern may set for itself, never above its agent's. */
    static final List<String> LIMITS = List.of("max_steps", "max_tokens_total", "max_seconds");

    private static final List<String> KEYS =
            List.of("title", "description", "params", "limits", "requires", "tags");

    private static final Pattern MANIFEST =
            Pattern.compile("(?m)^[^\\n#/]*\\b(?:manifest|MANIFEST)\\b");

    private final ScriptBundle bundle;

    ManifestCheck(ScriptBundle bundle) {
        this.bundle = bundle;
    }

    ObjectNode checked(JsonNode manifest) throws ScriptException {
        if (!(manifest instanceof ObjectNode object)) {
            throw wrong("", "the manifest must be an object with " + String.join(", ", KEYS));
        }
        for (Map.Entry<String, JsonNode> one : object.properties()) {
            Optional<String> problem = problem(one.getKey(), one.getValue());
            if (problem.isPresent()) {
                throw wrong(one.getKey(), "manifest." + one.getKey() + " " + problem.get());
            }
        }
        return object;
    }

    private static Optional<String> problem(String key, JsonNode value) {
        return switch (key) {
            case "title", "description" -> unless(value.isTextual(), "must be a text");
            case "requires", "tags" -> unless(texts(value), "must be a list of texts");
            case "params" -> params(value);
            case "limits" -> limits(value);
            default ->
                    Optional.of(
                            "is not known; there are "
                                    + String.join(", ", KEYS)
                                    + DidYouMean.hint(key, KEYS));
        };
    }

    private static Optional<String> params(JsonNode value) {
        if (!(value instanceof ObjectNode schema)) {
            return Optional.of(
                    "must be a JSON Schema, such as {type: \"object\", properties: {…}}");
        }
        try {
            var _ = new SchemaCheck(schema);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("doesn't work: " + e.getMessage());
        }
    }

    private static Optional<String> limits(JsonNode value) {
        if (!value.isObject()) {
            return Optional.of("must be an object with " + String.join(", ", LIMITS));
        }
        for (Map.Entry<String, JsonNode> limit : value.properties()) {
            String name = limit.getKey();
            if (!LIMITS.contains(name)) {
                return Optional.of(
                        "has no \""
                                + name
                                + "\"; there are "
                                + String.join(", ", LIMITS)
                                + DidYouMean.hint(name, LIMITS));
            }
            if (!limit.getValue().isIntegralNumber() || limit.getValue().asLong() < 1) {
                return Optional.of("needs a whole number from 1 for " + name);
            }
        }
        return Optional.empty();
    }

    private static boolean texts(JsonNode value) {
        for (JsonNode one : value) {
            if (!one.isTextual()) {
                return false;
            }
        }
        return value.isArray();
    }

    private static Optional<String> unless(boolean fine, String problem) {
        return fine ? Optional.empty() : Optional.of(problem);
    }

    private ScriptException wrong(String key, String message) {
        return new ScriptException(new ScriptFailure.Syntax(message, Optional.of(place(key))));
    }

    /** Where the source sets the key, as far as its text shows. */
    private Place place(String key) {
        String source = bundle.source();
        Matcher manifest = MANIFEST.matcher(source);
        int at = manifest.find() ? manifest.end() : 0;
        if (at > 0 && !key.isEmpty()) {
            Matcher member =
                    Pattern.compile("[\"']?\\b" + Pattern.quote(key) + "\\b[\"']?\\s*[:=]")
                            .matcher(source);
            at = member.find(at) ? member.start() : at;
        }
        String before = source.substring(0, at);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return new Place(bundle.entry(), line, at - before.lastIndexOf('\n'));
    }
}
