package io.magicproxy.provider.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.provider.ChatTranslation;
import io.magicproxy.provider.EmbeddingTranslation;
import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.Provider;
import io.magicproxy.provider.ProviderCodec;
import io.magicproxy.provider.ProviderException;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.provider.TranslatedProvider;
import io.magicproxy.upstream.UpstreamTarget;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;

/** Speaks Google's native Gemini API. */
public final class GeminiCodec implements ProviderCodec {
    static final URI BASE = URI.create("https://generativelanguage.googleapis.com/v1beta");

    public static Provider provider(InstantSource clock) {
        return new TranslatedProvider("google", BASE, new GeminiCodec(), clock);
    }

    @Override
    public ChatTranslation translate(ChatRequest request, ProviderTarget target, boolean stream)
            throws ProviderException {
        return RequestTranslation.translate(request, target, stream);
    }

    @Override
    public EmbeddingTranslation translateEmbedding(ObjectNode request, ProviderTarget target)
            throws ProviderException {
        return GeminiEmbedding.of(request, new GeminiModel(target.model()));
    }

    @Override
    public ProviderFailure classify(ErrorReply reply) {
        return GeminiErrors.of(reply);
    }

    @Override
    public UpstreamTarget models(ProviderTarget target) {
        return UpstreamTarget.of(URI.create(target.base() + "/models?pageSize=1"), List.of());
    }

    @Override
    public KeyHeader keyHeader() {
        return new KeyHeader("x-goog-api-key", "");
    }
}
