package io.magicproxy.gateway;

import io.magicproxy.provider.Provider;
import io.magicproxy.provider.anthropic.AnthropicCodec;
import io.magicproxy.provider.gemini.GeminiCodec;
import io.magicproxy.provider.openai.OpenAiProviders;
import io.magicproxy.provider.simulator.SimulatorFaults;
import io.magicproxy.provider.simulator.SimulatorProvider;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All providers by id. A new one is one line here. */
public final class ProviderCatalog {
    private final Map<String, Provider> byId = new LinkedHashMap<>();

    private final SimulatorFaults simulatorFaults;

    private ProviderCatalog(List<Provider> providers, SimulatorFaults simulatorFaults) {
        this.simulatorFaults = simulatorFaults;
        providers.forEach(p -> byId.put(p.id(), p));
    }

    public static ProviderCatalog standard(InstantSource clock) {
        List<Provider> all = new ArrayList<>(OpenAiProviders.all(clock));
        all.add(GeminiCodec.provider(clock));
        all.add(AnthropicCodec.provider(clock));
        SimulatorFaults faults = new SimulatorFaults();
        all.add(new SimulatorProvider(clock, faults));
        return new ProviderCatalog(all, faults);
    }

    /** Here, as the catalog outlives the configurations. */
    SimulatorFaults simulatorFaults() {
        return simulatorFaults;
    }

    public Optional<Provider> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    public Set<String> ids() {
        return byId.keySet();
    }
}
