package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.ScriptBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A pattern that has been loaded: one version of one file.
 *
 * @param structure of a declarative pattern; an imperative one has none
 * @param manifest as the file exports it: {@code title}, {@code description}, {@code params},
 *     {@code limits}, {@code requires}, {@code tags}
 */
public record PatternScript(
        String name, ScriptBundle bundle, Optional<JsonNode> structure, ObjectNode manifest) {

    public String version() {
        return bundle.hash();
    }

    public String title() {
        return manifest.path("title").asText(name);
    }

    public String description() {
        return manifest.path("description").asText("");
    }

    /** The tools without which it can't work. */
    public List<String> requires() {
        return texts("requires");
    }

    public List<String> tags() {
        return texts("tags");
    }

    /**
     * What it allows itself: {@code max_steps}, {@code max_tokens_total}, {@code max_seconds},
     * where it says so.
     */
    public ObjectNode limits() {
        return manifest.path("limits") instanceof ObjectNode limits ? limits : Json.object();
    }

    private List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        manifest.path(key).forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** The JSON Schema of its parameters, if it has any. */
    public Optional<ObjectNode> params() {
        return manifest.path("params") instanceof ObjectNode schema
                ? Optional.of(schema)
                : Optional.empty();
    }
}
