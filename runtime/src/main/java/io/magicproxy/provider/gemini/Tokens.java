package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Usage;

/** Gemini's {@code usageMetadata}. */
final class Tokens {
    private Tokens() {}

    /** Thoughts and tools' own prompts are counted apart by Gemini, and billed all the same. */
    static Usage usage(JsonNode metadata) {
        long thoughts = count(metadata, "thoughtsTokenCount");
        return new Usage(
                count(metadata, "promptTokenCount") + count(metadata, "toolUsePromptTokenCount"),
                count(metadata, "candidatesTokenCount") + thoughts,
                count(metadata, "cachedContentTokenCount"),
                0,
                thoughts);
    }

    private static long count(JsonNode metadata, String name) {
        JsonNode value = metadata.path(name);
        return value.canConvertToInt() ? Math.max(0, value.intValue()) : 0;
    }
}
