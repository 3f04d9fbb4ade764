package io.magicproxy.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.upstream.UpstreamTarget;

/** Translates between the house's types and one vendor's API. Pure: no I/O, no clock, no state. */
public interface ProviderCodec {
    /**
     * A request that the vendor can't express is the caller's fault, and the message says what to
     * change.
     */
    ChatTranslation translate(ChatRequest request, ProviderTarget target, boolean stream)
            throws ProviderException;

    /**
     * An embeddings request, given in OpenAI's format with the profile's defaults in it.
     *
     * @throws ProviderException a caller's fault if the vendor has no embeddings
     */
    EmbeddingTranslation translateEmbedding(ObjectNode request, ProviderTarget target)
            throws ProviderException;

    /** What an answer with an error status means. */
    ProviderFailure classify(ErrorReply reply);

    /** Where the vendor lists the models that a key may use: free, and only for a valid key. */
    UpstreamTarget models(ProviderTarget target);

    /** The header that carries the key. */
    KeyHeader keyHeader();

    /**
     * How a key is sent.
     *
     * @param prefix what stands before the key, such as {@code "Bearer "}
     */
    record KeyHeader(String name, String prefix) {}
}
