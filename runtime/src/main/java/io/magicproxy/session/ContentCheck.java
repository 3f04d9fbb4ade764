package io.magicproxy.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.session.RequestCheck.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Checks what a caller puts into a request's lists, and into the fields of its model calls. */
final class ContentCheck {
    private static final Set<String> ROLES =
            new TreeSet<>(Set.of("user", "assistant", "system", "developer", "tool", "function"));

    /** What each model call has from the run itself. */
    private static final List<String> OURS =
            List.of("model", "messages", "stream", "stream_options", "n", "tools", "tool_choice");

    private final ObjectNode body;

    ContentCheck(ObjectNode body) {
        this.body = body;
    }

    Optional<Problem> problem() {
        return each("client_manifests", JsonNode::isTextual, "must be a text")
                .or(this::toolNames)
                .or(() ->
                        each(
                                "attachments",
                                part -> part.path("type").isTextual(),
                                "must be a content part in OpenAI's format, such as"
                                        + " {\"type\": \"text\", \"text\": \"…\"}"))
                .or(() ->
                        each(
                                "history",
                                ContentCheck::isMessage,
                                "must be a message in OpenAI's format; its role one of "
                                        + String.join(", ", ROLES)))
                .or(() -> each("safety_settings", JsonNode::isObject, "must be an object"))
                .or(() -> ours("options"))
                .or(() -> ours("final_options"));
    }

    private Optional<Problem> toolNames() {
        return each(
                "tools",
                JsonNode::isTextual,
                "must be the name of a tool of this gateway: an agent can't use its caller's tools");
    }

    private static boolean isMessage(JsonNode message) {
        return ROLES.contains(message.path("role").asText())
                && (message.has("content") || message.has("tool_calls"));
    }

    private Optional<Problem> each(String field, Predicate<JsonNode> good, String what) {
        JsonNode list = body.path(field);
        for (int i = 0; i < list.size(); i++) {
            if (!good.test(list.get(i))) {
                return RequestCheck.problem(field + "[" + i + "]", what);
            }
        }
        return Optional.empty();
    }

    private Optional<Problem> ours(String field) {
        return OURS.stream()
                .filter(body.path(field)::has)
                .findFirst()
                .flatMap(name ->
                        RequestCheck.problem(
                                field + "." + name,
                                "is for the pattern to say, not for a request"));
    }
}
