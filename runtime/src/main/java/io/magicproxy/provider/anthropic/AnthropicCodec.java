package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.provider.ChatTranslation;
import io.magicproxy.provider.EmbeddingTranslation;
import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.ProviderCodec;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.ProviderTarget;

/** Speaks Anthropic's Messages API. */
public final class AnthropicCodec implements ProviderCodec {
    @Override
    public ChatTranslation translate(ChatRequest request, ProviderTarget target, boolean stream)
            throws ProviderException {
        return RequestTranslation.translate(request, target, stream);
    }

    @Override
    public EmbeddingTranslation translateEmbedding(ObjectNode request, ProviderTarget target)
            throws ProviderException {
        throw Faults.caller(
                "model",
                "names the profile \""
                        + target.profile()
                        + "\" at Anthropic, which has no embeddings; use an embedding model of"
                        + " another provider");
    }

    @Override
    public ProviderFailure classify(ErrorReply reply) {
        return AnthropicErrors.of(reply);
    }

    @Override
    public KeyHeader keyHeader() {
        return new KeyHeader("x-api-key", "");
    }
}
