package io.magicproxy.provider.anthropic;

import io.helidon.http.HeaderValues;
import io.magicproxy.provider.Provider;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.provider.TranslatingAdapter;
import io.magicproxy.upstream.UpstreamClient;
import io.magicproxy.upstream.UpstreamTarget;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Anthropic, by its Messages API. */
public record AnthropicProvider(InstantSource clock) implements Provider {
    private static final URI BASE = URI.create("https://api.anthropic.com");

    @Override
    public String id() {
        return "anthropic";
    }

    @Override
    public Optional<URI> defaultBase() {
        return Optional.of(BASE);
    }

    @Override
    public KeyNeed keyNeed() {
        return KeyNeed.REQUIRED;
    }

    @Override
    public ProviderAdapter adapter(ProviderTarget target, UpstreamClient client) {
        return new TranslatingAdapter(new AnthropicCodec(), target, models(target), client, clock);
    }

    private static UpstreamTarget models(ProviderTarget target) {
        String base = target.base().toString().replaceFirst("/v1$", "");
        String version = target.apiVersion().orElse(RequestTranslation.API_VERSION);
        return UpstreamTarget.of(
                URI.create(base + "/v1/models?limit=1"),
                List.of(HeaderValues.create("anthropic-version", version)));
    }
}
