package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.FinishReason;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.FailureClass;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.Wire;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Why a candidate ended, and what Gemini adds about it. */
final class Finish {
    private static final Set<String> FILTERED =
            Set.of(
                    "SAFETY",
                    "RECITATION",
                    "LANGUAGE",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION");

    /** The model stumbled over its own tool call; asked again, it mostly does not. */
    private static final Set<String> STUMBLED =
            Set.of(
                    "MALFORMED_FUNCTION_CALL",
                    "UNEXPECTED_TOOL_CALL",
                    "TOO_MANY_TOOL_CALLS",
                    "MALFORMED_RESPONSE",
                    "MISSING_THOUGHT_SIGNATURE");

    /** Fields of a candidate to keep, by their names in our answer. */
    private static final List<Map.Entry<String, String>> KEPT =
            List.of(
                    Map.entry("safetyRatings", "safety_ratings"),
                    Map.entry("groundingMetadata", "grounding_metadata"),
                    Map.entry("citationMetadata", "citation_metadata"),
                    Map.entry("urlContextMetadata", "url_context_metadata"),
                    Map.entry("finishMessage", "finish_message"));

    private Finish() {}

    static FinishReason reason(String told, boolean calledTools) {
        if (told.equals("MAX_TOKENS")) {
            return FinishReason.LENGTH;
        }
        if (FILTERED.contains(told)) {
            return FinishReason.CONTENT_FILTER;
        }
        return calledTools ? FinishReason.TOOL_CALLS : FinishReason.STOP;
    }

    static boolean stumbled(String told) {
        return STUMBLED.contains(told);
    }

    static ProviderException stumble(JsonNode candidate) {
        String told = Wire.text(candidate, "finishReason");
        String message = Wire.text(candidate, "finishMessage");
        ProviderFailure failure =
                new ProviderFailure(
                        FailureClass.TRANSIENT,
                        Optional.empty(),
                        "Gemini gave up its answer: "
                                + told
                                + (message.isEmpty() ? "" : " (" + message + ")"),
                        Optional.of(told.toLowerCase(Locale.ROOT)),
                        Optional.empty(),
                        Optional.empty());
        return new ProviderException(failure);
    }

    /** What stands beside the candidate's content, for the caller who knows Gemini. */
    static ObjectNode details(JsonNode candidate) {
        ObjectNode details = Json.object();
        for (Map.Entry<String, String> field : KEPT) {
            JsonNode value = candidate.path(field.getKey());
            if (value.isTextual() || !value.isEmpty()) {
                details.set(field.getValue(), value);
            }
        }
        String told = Wire.text(candidate, "finishReason");
        switch (told) {
            case "", "STOP", "MAX_TOKENS" -> {
                // finish_reason says it all.
            }
            default -> details.put("native_finish_reason", told);
        }
        return details;
    }

    /** The failure that an answer without any candidate means. */
    static ProviderException nothing(JsonNode reply) {
        JsonNode feedback = reply.path("promptFeedback");
        String reason = Wire.text(feedback, "blockReason");
        if (reason.isEmpty()) {
            return Faults.transientAnswer("Gemini answered without any candidate");
        }
        String said = Wire.text(feedback, "blockReasonMessage");
        ProviderFailure failure =
                new ProviderFailure(
                        FailureClass.CONTENT_POLICY,
                        Optional.empty(),
                        "Gemini blocked the prompt: "
                                + reason
                                + blocking(feedback.path("safetyRatings"))
                                + (said.isEmpty() ? "" : ": " + said),
                        Optional.of(reason.toLowerCase(Locale.ROOT)),
                        Optional.empty(),
                        Optional.empty());
        return new ProviderException(failure);
    }

    private static String blocking(JsonNode ratings) {
        for (JsonNode rating : ratings) {
            if (rating.path("blocked").asBoolean(false)) {
                return " (" + Wire.text(rating, "category") + ")";
            }
        }
        return "";
    }
}
