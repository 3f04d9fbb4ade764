package io.magicproxy.provider;

import io.magicproxy.upstream.UpstreamClient;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;

/** A vendor with one API of its own, which asks for a key. */
public record TranslatedProvider(String id, URI base, ProviderCodec codec, InstantSource clock)
        implements Provider {
    @Override
    public Optional<URI> defaultBase() {
        return Optional.of(base);
    }

    @Override
    public KeyNeed keyNeed() {
        return KeyNeed.REQUIRED;
    }

    @Override
    public ProviderAdapter adapter(ProviderTarget target, UpstreamClient client) {
        return new TranslatingAdapter(codec, target, client, clock);
    }
}
