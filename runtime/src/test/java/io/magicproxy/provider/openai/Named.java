package io.magicproxy.provider.openai;

import io.magicproxy.provider.Provider;
import java.time.InstantSource;

/** Providers by their names, as a configuration finds them. */
final class Named {
    private Named() {}

    static Provider provider(String id, InstantSource clock) {
        return OpenAiProviders.all(clock).stream()
                .filter(provider -> provider.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
