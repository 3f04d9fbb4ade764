package io.magicproxy.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.session.Events;
import io.magicproxy.store.session.Journal.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a run has said so far, as a chat answer: knows what of it was taken back, and where one
 * thought ends and another begins.
 */
final class AgentTranscript {
    private static final String BETWEEN_THOUGHTS = "\n\n";

    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder answer = new StringBuilder();
    private final StringBuilder untold = new StringBuilder();
    private int steps;
    private int tools;
    private int retractions;
    private Optional<String> lastThought = Optional.empty();
    private Optional<Ending> ending = Optional.empty();

    /**
     * A piece of text.
     *
     * @param thought which thought it belongs to
     */
    private record Part(boolean answer, String call, String thought, String text) {}

    /**
     * How the run ended.
     *
     * @param answered whether with an answer
     */
    record Ending(boolean answered, JsonNode payload) {}

    void take(EventRecord event, JsonNode payload) {
        switch (event.type()) {
            case Events.THOUGHT -> thought(payload);
            case Events.ANSWER -> answer(payload);
            case Events.STEP -> steps++;
            case Events.TOOL_END -> tools++;
            case Events.RETRACTED -> retract(payload.path("call").asText());
            case Events.ANSWER_END -> ending = Optional.of(new Ending(true, payload));
            case Events.ERROR, Events.CANCELLED -> ending = Optional.of(new Ending(false, payload));
            default -> {
                // Not part of what is said.
            }
        }
    }

    private void thought(JsonNode payload) {
        String text = payload.path("text").asText();
        String call = call(payload);
        // A pattern's own thoughts have no call; what stands between them tells them apart.
        String name = steps + ":" + (call.isEmpty() ? "#" + tools : call);
        parts.add(new Part(false, call, name, text));
        if (lastThought.isPresent() && !lastThought.get().equals(name)) {
            untold.append(BETWEEN_THOUGHTS);
        }
        lastThought = Optional.of(name);
        untold.append(text);
    }

    private void answer(JsonNode payload) {
        String text = payload.path("text").asText();
        parts.add(new Part(true, call(payload), "", text));
        answer.append(text);
    }

    private static String call(JsonNode payload) {
        return payload.path("call").asText("");
    }

    private void retract(String call) {
        retractions++;
        lastThought = lastThought.map(_ -> "");
        if (parts.removeIf(part -> part.call().equals(call))) {
            answer.setLength(0);
            parts.stream().filter(Part::answer).forEach(part -> answer.append(part.text()));
        }
    }

    /** What was thought since this was last asked, also what was taken back meanwhile. */
    String newThoughts() {
        String text = untold.toString();
        untold.setLength(0);
        return text;
    }

    /** All that was thought and not taken back. */
    String thoughts() {
        StringBuilder all = new StringBuilder();
        String before = "";
        for (Part part : parts) {
            if (!part.answer()) {
                boolean another = !part.thought().equals(before) && !all.isEmpty();
                all.append(another ? BETWEEN_THOUGHTS : "").append(part.text());
                before = part.thought();
            }
        }
        return all.toString();
    }

    /** How often something was taken back. */
    int retractions() {
        return retractions;
    }

    /** What of the answer was shown and not taken back. */
    CharSequence answer() {
        return answer;
    }

    Optional<Ending> ending() {
        return ending;
    }
}
