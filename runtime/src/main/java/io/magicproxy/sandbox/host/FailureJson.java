package io.magicproxy.sandbox.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.sandbox.ScriptFailure;
import io.magicproxy.sandbox.ScriptFailure.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Failures as JSON text. What a guest wrote in them is cut to what anybody would read. */
final class FailureJson {
    private static final int MAX_TEXT = 32 << 10;
    private static final int MAX_FRAMES = 200;

    private FailureJson() {}

    static String write(ScriptFailure failure) {
        ObjectNode json = Json.object().put("message", cut(failure.message()));
        switch (failure) {
            case ScriptFailure.Syntax it -> place(json.put("kind", "syntax"), it.place());
            case ScriptFailure.Denied it -> place(json.put("kind", "denied"), it.place());
            case ScriptFailure.LimitExceeded it ->
                    json.put("kind", "limit").put("limit", it.limit().name());
            case ScriptFailure.HostLost _ -> json.put("kind", "lost");
            case ScriptFailure.Stopped _ -> json.put("kind", "stopped");
            case ScriptFailure.Thrown it -> thrown(json.put("kind", "thrown"), it);
        }
        return Wire.withoutHalves(Json.text(json));
    }

    private static void thrown(ObjectNode json, ScriptFailure.Thrown thrown) {
        json.put("error", cut(thrown.type()));
        thrown.code().ifPresent(code -> json.put("code", cut(code)));
        place(json, thrown.place());
        ArrayNode frames = json.putArray("frames");
        thrown.frames().stream().limit(MAX_FRAMES).forEach(frame -> frames.add(cut(frame)));
    }

    private static void place(ObjectNode json, Optional<Place> place) {
        place.ifPresent(it ->
                json.putObject("place")
                        .put("file", cut(it.file()))
                        .put("line", it.line())
                        .put("column", it.column()));
    }

    static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + " …";
    }

    static ScriptFailure read(String text) throws IOException {
        JsonNode json = Json.read(text);
        String message = text(json, "message");
        return switch (text(json, "kind")) {
            case "syntax" -> new ScriptFailure.Syntax(message, place(json));
            case "denied" -> new ScriptFailure.Denied(message, place(json));
            case "limit" -> new ScriptFailure.LimitExceeded(limit(json), message);
            case "stopped" -> new ScriptFailure.Stopped(message);
            case "thrown" ->
                    new ScriptFailure.Thrown(
                            message,
                            text(json, "error"),
                            Optional.ofNullable(json.get("code")).map(JsonNode::asText),
                            place(json),
                            frames(json));
            default -> throw new Wire.MalformedFrameException("a failure of unknown kind");
        };
    }

    private static ScriptFailure.Limit limit(JsonNode json) throws IOException {
        try {
            return ScriptFailure.Limit.valueOf(text(json, "limit"));
        } catch (IllegalArgumentException e) {
            throw new Wire.MalformedFrameException("an unknown limit");
        }
    }

    private static Optional<Place> place(JsonNode json) throws IOException {
        JsonNode place = json.path("place");
        return place.isObject()
                ? Optional.of(
                        new Place(
                                text(place, "file"),
                                place.path("line").asInt(),
                                place.path("column").asInt()))
                : Optional.empty();
    }

    private static List<String> frames(JsonNode json) {
        List<String> frames = new ArrayList<>();
        json.path("frames").forEach(frame -> frames.add(frame.asText()));
        return List.copyOf(frames);
    }

    private static String text(JsonNode json, String field) throws IOException {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new Wire.MalformedFrameException("a failure without " + field);
        }
        return value.textValue();
    }
}
