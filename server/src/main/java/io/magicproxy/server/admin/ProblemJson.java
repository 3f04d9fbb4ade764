package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.config.ConfigProblem;
import io.magicproxy.config.Place;
import io.magicproxy.server.http.ApiError;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Problems of a text, each with its place, and with what mends it if that is known. */
final class ProblemJson {
    private ProblemJson() {}

    static ArrayNode all(List<ConfigProblem> problems) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        problems.forEach(problem -> all.add(one(problem)));
        return all;
    }

    private static ObjectNode one(ConfigProblem problem) {
        ObjectNode json =
                Json.object()
                        .put("severity", problem.severity().name().toLowerCase(Locale.ROOT))
                        .put("path", problem.path());
        place(json, problem.place());
        json.put("message", problem.message());
        problem.fix()
                .ifPresent(
                        fix -> place(json.putObject("fix"), fix.place()).put("text", fix.text()));
        return json;
    }

    private static ObjectNode place(ObjectNode json, Place place) {
        return json.put("line", place.line())
                .put("col", place.column())
                .put("endCol", place.endColumn());
    }

    /** The error of a text that can't be taken; its message holds all of them, a line each. */
    static ApiError error(String code, String file, List<ConfigProblem> problems) {
        String message =
                problems.stream()
                        .filter(p -> p.severity() == ConfigProblem.Severity.ERROR)
                        .map(p -> p.format(file))
                        .collect(Collectors.joining("\n"));
        return new ApiError(
                422,
                "invalid_request_error",
                message,
                Optional.of(code),
                Optional.of("content"),
                Optional.empty());
    }
}
