package io.magicproxy.provider.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.chat.Usage;
import io.magicproxy.provider.Faults;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.upstream.Slice;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what the house must know of a stream's chunks, and leaves their bytes alone.
 *
 * <p>A chunk is parsed only if it could hold something of interest: once the answer has begun, most
 * of them are text that goes through after three searches.
 */
final class ChunkScan {
    private static final String DONE = "[DONE]";

    private boolean begun;
    private boolean finished;
    private Optional<Usage> usage = Optional.empty();

    /** What a chunk is. */
    enum Kind {
        /** The stream's end mark. */
        DONE,
        /** A part of the answer. */
        OUTPUT,
        /** Something that comes before or beside it. */
        LIFECYCLE,
        /** No choices, but fields that belong to the answer: Azure's verdict on the prompt. */
        CHOICELESS,
        /** Nothing but the usage. */
        USAGE,
        /** An error, or no chunk at all. */
        BROKEN
    }

    /**
     * Reads an event.
     *
     * @param name its name: that of an error says so
     */
    Kind scan(String name, Slice data) throws ProviderException {
        if (name.equals("error")) {
            throw new ProviderException(OpenAiErrors.inBand(errorOf(parse(data))));
        }
        return scan(data);
    }

    private Kind scan(Slice data) throws ProviderException {
        String text = new String(data.array(), data.offset(), data.length(), ISO_8859_1);
        if (text.equals(DONE)) {
            finished = true;
            return Kind.DONE;
        }
        finished |= hasValue(text, "\"finish_reason\"");
        if (begun && !hasValue(text, "\"error\"") && !hasValue(text, "\"usage\"")) {
            return Kind.OUTPUT;
        }
        return parsed(data);
    }

    /** Whether the answer was said to be complete, by the end mark or by a reason to finish. */
    boolean finished() {
        return finished;
    }

    Optional<Usage> usage() {
        return usage;
    }

    private Kind parsed(Slice data) throws ProviderException {
        JsonNode chunk = parse(data);
        // vLLM and those who follow it name the object, and leave the "error" around it out.
        if (chunk.hasNonNull("error") || chunk.path("object").asText().equals("error")) {
            throw new ProviderException(OpenAiErrors.inBand(errorOf(chunk)));
        }
        if (chunk.path("usage").isObject()) {
            usage = Optional.of(Usage.fromWire(chunk.get("usage")));
        }
        if (chunk.path("choices").isEmpty()) {
            return chunk.path("usage").isObject() ? Kind.USAGE : Kind.CHOICELESS;
        }
        begun |= isOutput(chunk);
        return begun ? Kind.OUTPUT : Kind.LIFECYCLE;
    }

    private static JsonNode errorOf(JsonNode chunk) {
        return chunk.hasNonNull("error") ? chunk.get("error") : chunk;
    }

    private static JsonNode parse(Slice data) throws ProviderException {
        try {
            return Json.read(data.array(), data.offset(), data.length());
        } catch (JsonProcessingException e) {
            throw Faults.transientAnswer(
                    "the provider's stream holds a chunk that is no JSON: "
                            + e.getOriginalMessage());
        }
    }

    private static boolean isOutput(JsonNode chunk) {
        for (JsonNode choice : chunk.get("choices")) {
            if (choice.hasNonNull("finish_reason") || choice.path("text").asText().length() > 0) {
                return true;
            }
            for (Map.Entry<String, JsonNode> field : choice.path("delta").properties()) {
                if (!field.getKey().equals("role") && says(field.getValue())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean says(JsonNode value) {
        return value.isTextual()
                ? !value.textValue().isEmpty()
                : !value.isNull() && !(value.isContainerNode() && value.isEmpty());
    }

    /**
     * Whether the field stands in the text with a value other than null. Inside a string its quotes
     * would be escaped.
     */
    private static boolean hasValue(String text, String field) {
        for (int at = text.indexOf(field); at >= 0; at = text.indexOf(field, at + 1)) {
            int value = at + field.length();
            while (value < text.length()
                    && (text.charAt(value) == ':' || text.charAt(value) <= ' ')) {
                value++;
            }
            if (!text.startsWith("null", value)) {
                return true;
            }
        }
        return false;
    }
}
