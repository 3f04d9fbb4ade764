package io.magicproxy.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** One embeddings request in a vendor's terms, and the way back for its answer. */
public interface EmbeddingTranslation {
    /** Path and query after the target's base, beginning with a slash. */
    String path();

    ObjectNode body();

    /** The answer in OpenAI's format, {@code usage} included where the vendor tells it. */
    ObjectNode decode(JsonNode reply) throws ProviderException;
}
