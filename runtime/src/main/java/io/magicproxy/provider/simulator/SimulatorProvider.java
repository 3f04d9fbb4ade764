package io.magicproxy.provider.simulator;

import io.magicproxy.provider.Provider;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.upstream.UpstreamClient;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;

/** The simulator as a provider: in this process, without a network. */
public record SimulatorProvider(InstantSource clock) implements Provider {
    @Override
    public String id() {
        return "simulator";
    }

    @Override
    public Optional<URI> defaultBase() {
        // An address that leads nowhere: nothing is sent.
        return Optional.of(URI.create("simulator:in-process"));
    }

    @Override
    public KeyNeed keyNeed() {
        return KeyNeed.NONE;
    }

    @Override
    public ProviderAdapter adapter(ProviderTarget target, UpstreamClient client) {
        return new SimulatorAdapter(target, clock);
    }
}
