package io.magicproxy.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.store.session.Journal.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a run has said so far: knows what of it was taken back. */
final class AgentTranscript {
    private final List<Part> parts = new ArrayList<>();
    private Optional<Ending> ending = Optional.empty();

    private record Part(boolean answer, String call, String text) {}

    /**
     * How the run ended.
     *
     * @param answered whether with an answer
     */
    record Ending(boolean answered, JsonNode payload) {}

    void take(EventRecord event, JsonNode payload) {
        switch (event.type()) {
            case "AgentThoughtStream" -> add(false, payload);
            case "FinalAnswerStream" -> add(true, payload);
            case "Retracted" -> {
                String call = payload.path("call").asText();
                parts.removeIf(part -> part.call().equals(call));
            }
            case "FinalAnswerStreamEnd" -> ending = Optional.of(new Ending(true, payload));
            case "error", "cancelled" -> ending = Optional.of(new Ending(false, payload));
            default -> {
                // Not part of what is said.
            }
        }
    }

    private void add(boolean answer, JsonNode payload) {
        parts.add(new Part(answer, payload.path("call").asText(""), payload.path("text").asText()));
    }

    String thoughts() {
        return text(false);
    }

    String answer() {
        return text(true);
    }

    private String text(boolean answer) {
        StringBuilder all = new StringBuilder();
        parts.stream().filter(part -> part.answer() == answer).forEach(p -> all.append(p.text()));
        return all.toString();
    }

    Optional<Ending> ending() {
        return ending;
    }
}
