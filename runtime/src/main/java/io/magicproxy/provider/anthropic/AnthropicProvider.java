package io.magicproxy.provider.anthropic;

import io.magicproxy.provider.Provider;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.provider.TranslatingAdapter;
import io.magicproxy.upstream.UpstreamClient;
import java.net.URI;
import java.time.InstantSource;
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
        return new TranslatingAdapter(new AnthropicCodec(), target, client, clock);
    }
}
