package io.magicproxy.provider.simulator;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.Problems;
import io.magicproxy.provider.Provider;
import io.magicproxy.provider.ProviderAdapter;
import io.magicproxy.provider.ProviderTarget;
import io.magicproxy.upstream.UpstreamClient;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The simulator as a provider: in this process, without a network.
 *
 * @param faults those that are switched at run time
 */
public record SimulatorProvider(InstantSource clock, SimulatorFaults faults) implements Provider {
    public static final String ID = "simulator";

    @Override
    public String id() {
        return ID;
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
    public void check(ConfigNode.Mapping modelParams, Problems problems) {
        modelParams.get("faults").ifPresent(at -> FaultReader.check(at, problems));
    }

    @Override
    public ProviderAdapter adapter(ProviderTarget target, UpstreamClient client) {
        return new SimulatorAdapter(target, clock, faults);
    }
}
