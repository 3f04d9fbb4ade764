package io.magicproxy.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
            throw new IllegalStateException("our own description is JSON", e);
        }
    }

    /**
     * @param engine where the engine saw it; has the column
     */
    ScriptFailure failure(GuestRun run, Optional<Place> engine) {
        String message = text("message");
        String type = text("type");
        if (description.path("syntax").asBoolean()) {
            return new ScriptFailure.Syntax(type + ": " + message, syntaxPlace(run));
        }
        if (type.equals("RecursionError")) {
            return LimitMessages.stack(run.limits());
        }
        if (type.equals("MemoryError")) {
            return LimitMessages.memory();
        }
        List<Place> places = places(run);
        Optional<Place> place =
                places.isEmpty() ? engine : Optional.of(withColumn(places.getFirst(), engine));
        if (description.path("denied").asBoolean()) {
            return new ScriptFailure.Denied(
                    message.isEmpty() ? "Scripts cannot exit; return from the function" : message,
                    place);
        }
        return new ScriptFailure.Thrown(
                message,
                type,
                Optional.of(text("code")).filter(c -> !c.isEmpty()),
                place,
                frames(run));
    }

    private String text(String field) {
        return description.path(field).asText();
    }

    private Optional<Place> syntaxPlace(GuestRun run) {
        return file(run, text("file"))
                .map(file ->
                        new Place(
                                file,
                                Math.max(1, description.path("line").asInt()),
                                Math.max(1, description.path("column").asInt())));
    }

    private static Place withColumn(Place place, Optional<Place> engine) {
        return engine.filter(it -> it.file().equals(place.file()) && it.line() == place.line())
                .orElse(place);
    }

    /** Of the script's files, innermost first. */
    private List<Place> places(GuestRun run) {
        List<Place> places = new ArrayList<>();
        for (JsonNode frame : description.path("frames")) {
            file(run, frame.path(1).asText())
                    .ifPresent(file -> places.addFirst(new Place(file, frame.path(2).asInt(), 1)));
        }
        return places;
    }

    private List<String> frames(GuestRun run) {
        List<String> frames = new ArrayList<>();
        for (JsonNode frame : description.path("frames")) {
            file(run, frame.path(1).asText())
                    .ifPresent(file ->
                            frames.addFirst(
                                    frame.path(0).asText()
                                            + " ("
                                            + file
                                            + ":"
                                            + frame.path(2).asInt()
                                            + ")"));
        }
        return frames.size() > MAX_FRAMES ? List.copyOf(frames.subList(0, MAX_FRAMES)) : frames;
    }

    private static Optional<String> file(GuestRun run, String path) {
        return BundleFiles.name(path).filter(name -> run.script().files().containsKey(name));
    }
}
