package io.magicproxy.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.magicproxy.sandbox.Frames.Frame;
import io.magicproxy.sandbox.ScriptFailure.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Python exception as our code in the guest describes it: Python itself knows the lines of syntax
 * errors and the frames of an awaiting coroutine better than the engine.
 */
record PythonError(JsonNode description) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_FRAMES = 20;

    static PythonError read(String description) {
        try {
            return new PythonError(JSON.readTree(description));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("our own description is not JSON", e);
        }
    }

    /**
     * @param engine where the engine saw it; has the column
     */
    ScriptFailure failure(SandboxLimits limits, Frames frames, Optional<Place> engine) {
        String message = text("message");
        return switch (text("kind")) {
            case "syntax" ->
                    new ScriptFailure.Syntax(text("type") + ": " + message, syntaxPlace(frames));
            case "stack" -> LimitMessages.stack(limits);
            case "memory" -> LimitMessages.memory();
            case "exit" ->
                    new ScriptFailure.Denied(
                            "Scripts cannot exit: return from the function", place(frames, engine));
            case "denied" -> new ScriptFailure.Denied(message, place(frames, engine));
            default ->
                    new ScriptFailure.Thrown(
                            message,
                            text("type"),
                            Optional.of(text("code")).filter(c -> !c.isEmpty()),
                            place(frames, engine),
                            trace(frames).stream().limit(MAX_FRAMES).map(Frame::toString).toList());
        };
    }

    private String text(String field) {
        return description.path(field).asText();
    }

    private Optional<Place> syntaxPlace(Frames frames) {
        return frames.file(text("file"))
                .map(file ->
                        new Place(
                                file,
                                Math.max(1, description.path("line").asInt()),
                                Math.max(1, description.path("column").asInt())));
    }

    private Optional<Place> place(Frames frames, Optional<Place> engine) {
        List<Frame> trace = trace(frames);
        if (trace.isEmpty()) {
            return engine;
        }
        Place place = trace.getFirst().place();
        return engine.filter(it -> it.file().equals(place.file()) && it.line() == place.line())
                .or(() -> Optional.of(place));
    }

    /** Of the script's files, innermost first. */
    private List<Frame> trace(Frames frames) {
        List<Frame> trace = new ArrayList<>();
        for (JsonNode frame : description.path("frames")) {
            frames.file(frame.path(1).asText())
                    .map(file -> new Place(file, frame.path(2).asInt(), 1))
                    .ifPresent(at -> trace.addFirst(new Frame(frame.path(0).asText(), at)));
        }
        return trace;
    }
}
