package io.magicproxy.provider.openai;

import io.magicproxy.provider.Provider;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.upstream.UpstreamClient;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/** All providers that speak OpenAI's format. */
public final class OpenAiProviders {
    private OpenAiProviders() {}

    public static List<Provider> all(InstantSource clock) {
        List<Provider> all = new ArrayList<>();
        for (Dialect dialect : Dialects.NAMED) {
            all.add(new Compatible(dialect, OpenAiEndpoints::plain, clock));
        }
        all.add(new Compatible(Dialects.AZURE, OpenAiEndpoints::azure, clock));
        return List.copyOf(all);
    }

    private record Compatible(
            Dialect dialect,
            BiFunction<Dialect, ProviderTarget, OpenAiEndpoints> endpoints,
            InstantSource clock)
            implements Provider {
        @Override
        public String id() {
            return dialect.id();
        }

        @Override
        public Optional<URI> defaultBase() {
            return dialect.base();
        }

        @Override
        public boolean ownsHost(String host) {
            return Provider.super.ownsHost(host)
                    || dialect.hostSuffixes().stream()
                            .anyMatch(host.toLowerCase(Locale.ROOT)::endsWith);
        }

        @Override
        public KeyNeed keyNeed() {
            return dialect.keyNeed();
        }

        @Override
        public ProviderAdapter adapter(ProviderTarget target, UpstreamClient client) {
            return new OpenAiAdapter(
                    dialect, target, endpoints.apply(dialect, target), client, clock);
        }
    }
}
