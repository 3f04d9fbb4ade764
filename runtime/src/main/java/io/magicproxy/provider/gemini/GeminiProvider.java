package io.magicproxy.provider.gemini;

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

/** Google's Gemini, by its native API. */
public record GeminiProvider(InstantSource clock) implements Provider {
    private static final URI BASE = URI.create("https://generativelanguage.googleapis.com/v1beta");

    @Override
    public String id() {
        return "google";
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
        UpstreamTarget models =
                UpstreamTarget.of(URI.create(target.base() + "/models?pageSize=1"), List.of());
        return new TranslatingAdapter(new GeminiCodec(), target, models, client, clock);
    }
}
