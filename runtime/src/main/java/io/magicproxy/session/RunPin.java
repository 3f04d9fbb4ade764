package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.PatternInput;
import io.magicproxy.pattern.PatternInput.Instructions;
import io.magicproxy.pattern.ToolInfo;
import io.magicproxy.session.Ledger.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a run began with: its entry {@code 0}. Each worker runs the pattern with this and nothing
 * else, whatever has changed outside.
 *
 * @param inherited paths of the entries that come from the run that was forked
 */
record RunPin(Script script, PatternInput input, Limits limits, Set<String> inherited) {
    static final String PATH = "0";
    static final String KIND = "begin";

    /**
     * Which version of which pattern.
     *
     * @param bundle the hash under which the journal keeps the sources
     * @param structure a declarative pattern's, as it was when it was loaded
     */
    record Script(String pattern, String version, String bundle, Optional<JsonNode> structure) {}

    ObjectNode toJson() {
        ObjectNode json =
                Json.object()
                        .put("pattern", script.pattern())
                        .put("version", script.version())
                        .put("bundle", script.bundle());
        script.structure().ifPresent(structure -> json.set("structure", structure));
        json.putObject("limits")
                .put("max_steps", limits.steps())
                .put("max_tokens_total", limits.tokens())
                .put("max_seconds", limits.time().toSeconds());
        json.set("input", write(input));
        ArrayNode paths = json.putArray("inherited");
        inherited.forEach(paths::add);
        return json;
    }

    static RunPin fromJson(JsonNode json) {
        JsonNode limits = json.path("limits");
        return new RunPin(
                new Script(
                        json.path("pattern").asText(),
                        json.path("version").asText(),
                        json.path("bundle").asText(),
                        Optional.ofNullable(json.get("structure"))),
                read(json.path("input")),
                new Limits(
                        limits.path("max_steps").asInt(),
                        limits.path("max_tokens_total").asLong(),
                        Duration.ofSeconds(limits.path("max_seconds").asLong())),
                new HashSet<>(texts(json.path("inherited"))));
    }

    private static ObjectNode write(PatternInput input) {
        ObjectNode json =
                Json.object()
                        .put("session_id", input.sessionId())
                        .put("alias", input.alias())
                        .put("query", input.query())
                        .put("max_steps", input.maxSteps())
                        .put("seed", input.seed())
                        .put("time", input.time().toString());
        json.set("history", input.history());
        json.set("attachments", input.attachments());
        json.set("params", input.params());
        json.set("options", input.options());
        json.set("final_options", input.finalOptions());
        Instructions words = input.instructions();
        ObjectNode instructions = json.putObject("instructions");
        instructions.put("client", words.client()).put("server", words.server());
        ArrayNode client = instructions.putArray("client_manifests");
        words.clientManifests().forEach(client::add);
        ArrayNode server = instructions.putArray("manifests");
        words.manifests().forEach(server::add);
        ArrayNode tools = json.putArray("tools");
        for (ToolInfo tool : input.tools()) {
            tools.addObject()
                    .put("name", tool.name())
                    .put("description", tool.description())
                    .put("effect", tool.effect().label())
                    .set("parameters", tool.parameters());
        }
        return json;
    }

    private static PatternInput read(JsonNode json) {
        JsonNode words = json.path("instructions");
        List<ToolInfo> tools = new ArrayList<>();
        json.path("tools")
                .forEach(tool ->
                        tools.add(
                                new ToolInfo(
                                        tool.path("name").asText(),
                                        tool.path("description").asText(),
                                        Trees.object(tool.path("parameters")),
                                        ToolCalls.effect(tool.path("effect")))));
        return new PatternInput(
                json.path("session_id").asText(),
                json.path("alias").asText(),
                json.path("query").asText(),
                Trees.array(json.path("history")),
                Trees.array(json.path("attachments")),
                Trees.object(json.path("params")),
                new Instructions(
                        words.path("client").asText(),
                        texts(words.path("client_manifests")),
                        words.path("server").asText(),
                        texts(words.path("manifests"))),
                tools,
                json.path("max_steps").asInt(),
                Trees.object(json.path("options")),
                Trees.object(json.path("final_options")),
                json.path("seed").asLong(),
                Instant.parse(json.path("time").asText()));
    }

    private static List<String> texts(JsonNode array) {
        List<String> all = new ArrayList<>();
        array.forEach(one -> all.add(one.asText()));
        return all;
    }
}
