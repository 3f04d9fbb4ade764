package io.magicproxy.provider.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderValues;
import io.magicproxy.chat.ChatRequest;
import io.magicproxy.provider.ChatTranslation;
import io.magicproxy.provider.EmbeddingTranslation;
import io.magicproxy.provider.ErrorReply;
import io.magicproxy.provider.Faults;
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

/** Speaks Anthropic's Messages API. */
public final class AnthropicCodec implements ProviderCodec {
    private static final URI BASE = URI.create("https://api.anthropic.com");

    public static Provider provider(InstantSource clock) {
        return new TranslatedProvider("anthropic", BASE, new AnthropicCodec(), clock);
    }

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
    public UpstreamTarget models(ProviderTarget target) {
        String base = target.base().toString().replaceFirst("/v1$", "");
        String version = target.apiVersion().orElse(RequestTranslation.API_VERSION);
        return UpstreamTarget.of(
                URI.create(base + "/v1/models?limit=1"),
                List.of(HeaderValues.create("anthropic-version", version)));
    }

    @Override
    public KeyHeader keyHeader() {
        return new KeyHeader("x-api-key", "");
    }
}
