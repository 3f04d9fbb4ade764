package io.magicproxy.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What {@code ctx.react} changes of the run's input. */
final class ReactOptions {
    private ReactOptions() {}

    /** Whether the loop's answer is the run's, and is shown as such while it is written. */
    static boolean answers(ObjectNode options) {
        return options.path("stream").asText().equals("answer");
    }

    static PatternInput apply(PatternInput input, ObjectNode options) {
        ObjectNode modelOptions = input.options().deepCopy();
        if (options.path("options") instanceof ObjectNode more) {
            modelOptions.setAll(more);
        }
        return new PatternInput(
                input.sessionId(),
                options.path("model").asText(input.alias()),
                options.path("query").asText(input.query()),
                options.has("query") ? Json.object().arrayNode() : input.history(),
                options.has("query") ? Json.object().arrayNode() : input.attachments(),
                input.params(),
                new PatternInput.Instructions(
                        input.instructions().client(),
                        input.instructions().clientManifests(),
                        options.path("system").asText(input.instructions().server()),
                        input.instructions().manifests()),
                tools(input.tools(), options.path("tools")),
                Math.min(input.maxSteps(), options.path("max_steps").asInt(input.maxSteps())),
                modelOptions,
                answers(options) ? input.finalOptions() : Json.object(),
                input.seed(),
                input.time());
    }

    private static List<ToolInfo> tools(List<ToolInfo> all, JsonNode names) {
        if (!names.isArray()) {
            return all;
        }
        Set<String> wanted = new HashSet<>();
        names.forEach(name -> wanted.add(name.asText()));
        return all.stream().filter(tool -> wanted.contains(tool.name())).toList();
    }
}
