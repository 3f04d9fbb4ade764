package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.session.Events;

/** Shows a run's events in the terminal as they come. */
final class AskedSession {
    private final AskPrinter printer;
    private String sessionId = "";
    private boolean answerShown;
    private boolean ended;
    private boolean answered;

    AskedSession(AskPrinter printer) {
        this.printer = printer;
    }

    void take(JsonNode event) {
        JsonNode payload = event.path("payload");
        sessionId = event.path("session_id").asText(sessionId);
        switch (event.path("event_type").asText()) {
            case Events.STEP -> step(payload);
            case Events.THOUGHT -> printer.thought(payload.path("text").asText());
            case Events.TOOL_START ->
                    printer.note(
                            "→ "
                                    + payload.path("tool_name").asText()
                                    + " "
                                    + AskPrinter.shown(payload.path("arguments")));
            case Events.TOOL_END -> toolEnd(payload);
            case Events.MODEL_CALL -> modelCall(payload);
            case Events.RETRACTED -> retracted();
            case Events.CUSTOM ->
                    printer.note(
                            "• "
                                    + payload.path("name").asText()
                                    + " "
                                    + AskPrinter.shown(payload.path("data")));
            case Events.ANSWER -> answer(payload.path("text").asText());
            case Events.ANSWER_END -> answerEnd(payload);
            case Events.ERROR, Events.CANCELLED -> failed(payload);
            default -> {
                // Nothing to see.
            }
        }
    }

    /** What a model opens by a tag is a part of a step. */
    private void step(JsonNode payload) {
        String title = payload.path("title").asText();
        if (payload.has("call")) {
            printer.note(title + ":");
        } else {
            printer.step(title);
        }
    }

    private void toolEnd(JsonNode payload) {
        String took = " (" + payload.path("duration_ms").asLong() + " ms)";
        printer.note(
                payload.has("error")
                        ? "✗ " + AskPrinter.shown(payload.path("error")) + took
                        : "← " + AskPrinter.shown(payload.path("result")) + took);
    }

    /** Only what went otherwise than planned. */
    private void modelCall(JsonNode payload) {
        if (payload.path("attempts").asInt(1) > 1) {
            printer.note(
                    "(answered by "
                            + payload.path("profile").asText()
                            + " at attempt "
                            + payload.path("attempts").asInt()
                            + ")");
        }
    }

    private void retracted() {
        printer.note("↺ the model broke off; it is asked again");
        answerShown = false;
    }

    private void answer(String text) {
        printer.answer(text);
        answerShown = true;
    }

    private void answerEnd(JsonNode payload) {
        if (!answerShown) {
            printer.answer(payload.path("text").asText());
        }
        printer.endLine();
        printer.note(totals(payload));
        ended = true;
        answered = true;
    }

    private String totals(JsonNode payload) {
        JsonNode usage = payload.path("usage");
        String about = usage.path("estimated").asBoolean(false) ? "about " : "";
        String cost =
                payload.path("cost").asDouble(0) > 0
                        ? ", $" + payload.path("cost").decimalValue().toPlainString()
                        : "";
        return payload.path("steps").asInt()
                + " steps, "
                + payload.path("model_calls").asInt()
                + " model calls, "
                + about
                + usage.path("total_tokens").asLong()
                + " tokens"
                + cost
                + "; session "
                + sessionId;
    }

    private void failed(JsonNode payload) {
        String again =
                payload.path("resumable").asBoolean(false)
                        ? "; POST /v1/react/sessions/" + sessionId + "/resume tries again"
                        : "";
        printer.problem(
                payload.path("message").asText()
                        + " ("
                        + payload.path("code").asText()
                        + again
                        + ")");
        ended = true;
    }

    /** Whether the run's end was told. */
    boolean ended() {
        return ended;
    }

    boolean answered() {
        return answered;
    }

    String sessionId() {
        return sessionId;
    }
}
