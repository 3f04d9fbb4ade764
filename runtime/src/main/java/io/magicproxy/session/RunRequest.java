package io.magicproxy.session;

import static io.magicproxy.session.Trees.array;
import static io.magicproxy.session.Trees.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What somebody asks of an agent, as the journal keeps it: JSON with the names of the API.
 *
 * @param json {@code user_query}, {@code model_alias} and what else was given
 */
public record RunRequest(ObjectNode json) {
    public String query() {
        return json.path("user_query").asText();
    }

    public String alias() {
        return json.path("model_alias").asText();
    }

    public Optional<String> text(String name) {
        JsonNode value = json.path(name);
        return value.isTextual() && !value.asText().isBlank()
                ? Optional.of(value.asText())
                : Optional.empty();
    }

    public ObjectNode params() {
        return object(json.path("params"));
    }

    /** Earlier messages that came with the request; those of earlier runs are added to them. */
    public ArrayNode history() {
        return array(json.path("history"));
    }

    public ArrayNode attachments() {
        return array(json.path("attachments"));
    }

    public List<String> clientManifests() {
        List<String> texts = new ArrayList<>();
        JsonNode manifests = json.path("client_manifests");
        if (manifests.isTextual()) {
            texts.add(manifests.asText());
        }
        manifests.forEach(one -> texts.add(one.asText()));
        return texts;
    }

    /** The names of tools that the caller allows; absent: all that the agent has. */
    public Optional<List<String>> tools() {
        if (!(json.path("tools") instanceof ArrayNode names)) {
            return Optional.empty();
        }
        List<String> all = new ArrayList<>();
        names.forEach(name -> all.add(name.asText()));
        return Optional.of(all);
    }

    public ObjectNode limits() {
        return object(json.path("limits"));
    }

    /** Fields for every model call. */
    public ObjectNode options() {
        ObjectNode options = object(json.path("options")).deepCopy();
        if (json.has("safety_settings")) {
            options.set("safety_settings", json.path("safety_settings"));
        }
        return options;
    }

    /** Fields for the final answer's call. */
    public ObjectNode finalOptions() {
        return object(json.path("final_options"));
    }

    /** How many agents called one another to come here. */
    public int depth() {
        return json.path("depth").asInt(0);
    }

    /** The run and step that this one begins from. */
    public Optional<Fork> fork() {
        JsonNode fork = json.path("fork");
        return fork.isObject()
                ? Optional.of(new Fork(fork.path("run").asText(), fork.path("from_step").asInt()))
                : Optional.empty();
    }

    /** Where a run begins from: another run's results before that step. */
    public record Fork(String runId, int fromStep) {}
}
