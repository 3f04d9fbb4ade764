package io.magicproxy.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What a model's stream says, piece by piece. {@code choice} counts from 0. */
public sealed interface StreamEvent {

    /** The provider has accepted the request; nothing is said yet. */
    record Started(String id, String model) implements StreamEvent {}

    record Content(int choice, String text) implements StreamEvent {}

    record Reasoning(int choice, String text) implements StreamEvent {}

    record Refusal(int choice, String text) implements StreamEvent {}

    /** A thought that is complete and signed, in the form in which its provider wants it back. */
    record ThinkingBlock(int choice, JsonNode block) implements StreamEvent {}

    /** A tool call begins; {@code arguments} is what is known of them already, often "". */
    record ToolCallStart(int choice, int index, ToolCall call) implements StreamEvent {}

    record ToolCallArguments(int choice, int index, String fragment) implements StreamEvent {}

    /**
     * Fields for the delta that OpenAI's format doesn't have, such as {@code extra_content} or
     * {@code annotations}.
     */
    record Extra(int choice, ObjectNode fields) implements StreamEvent {}

    record Finished(int choice, FinishReason reason) implements StreamEvent {}

    /** Tokens used so far; the last one of a stream counts. */
    record UsageReport(Usage usage) implements StreamEvent {}

    /** Of the text that a model has written. */
    default int characters() {
        return switch (this) {
            case Content c -> c.text().length();
            case Reasoning r -> r.text().length();
            case Refusal r -> r.text().length();
            case ToolCallStart start -> start.call().arguments().length();
            case ToolCallArguments more -> more.fragment().length();
            case Started _, ThinkingBlock _, Extra _, Finished _, UsageReport _ -> 0;
        };
    }

    /**
     * Whether a caller who sees this event has seen a part of the answer, so that it can't be begun
     * anew.
     */
    default boolean isOutput() {
        return switch (this) {
            case Started _, UsageReport _ -> false;
            case Content c -> !c.text().isEmpty();
            case Reasoning r -> !r.text().isEmpty();
            case Refusal _,
                    ThinkingBlock _,
                    ToolCallStart _,
                    ToolCallArguments _,
                    Extra _,
                    Finished _ ->
                    true;
        };
    }
}
