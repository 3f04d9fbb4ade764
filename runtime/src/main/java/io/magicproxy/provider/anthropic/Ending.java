package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.FinishReason;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.Wire;

/**
 * Why an answer ended.
 *
 * @param told the object with {@code stop_reason}, {@code stop_sequence} and {@code stop_details}
 */
record Ending(JsonNode told) {
    FinishReason reason(boolean calledTools) {
        return switch (stopReason()) {
            case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
            case "refusal" -> FinishReason.CONTENT_FILTER;
            case "tool_use" -> FinishReason.TOOL_CALLS;
            case "end_turn", "stop_sequence", "pause_turn", "compaction" -> FinishReason.STOP;
            default -> calledTools ? FinishReason.TOOL_CALLS : FinishReason.STOP;
        };
    }

    /** What a filter says about the answer that it stopped; "" mostly. */
    String refusal() {
        return Wire.text(told.path("stop_details"), "explanation");
    }

    /** What {@code finish_reason} doesn't tell, for the caller who knows Anthropic. */
    ObjectNode details() {
        ObjectNode details = Json.object();
        switch (stopReason()) {
            case "", "end_turn", "max_tokens", "tool_use" -> {
                // finish_reason says it all.
            }
            case "stop_sequence" -> keep("stop_sequence", details);
            default -> {
                details.put("native_finish_reason", stopReason());
                keep("stop_details", details);
            }
        }
        return details;
    }

    private void keep(String name, ObjectNode details) {
        JsonNode value = told.path(name);
        if (!value.isMissingNode() && !value.isNull()) {
            details.set(name, value);
        }
    }

    private String stopReason() {
        return Wire.text(told, "stop_reason");
    }
}
