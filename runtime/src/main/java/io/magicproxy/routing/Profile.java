package io.magicproxy.routing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.provider.ProviderAdapter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * A model at a provider, ready to be called.
 *
 * @param pool absent where no key is needed
 * @param keyRequired whether a call without a key makes no sense
 * @param slots limits the calls under way
 * @param traits what decides whether and when it is tried
 */
public record Profile(
        String name,
        String provider,
        String model,
        ProviderAdapter adapter,
        Optional<KeyPool> pool,
        boolean keyRequired,
        Breaker breaker,
        Limits limits,
        Optional<Semaphore> slots,
        ModelInfo info,
        Traits traits) {

    /**
     * How long a call may take.
     *
     * @param firstToken for streams
     */
    public record Limits(Duration connect, Duration firstToken, Duration total) {}

    /** Fields for the list of models. */
    public ObjectNode describe(ObjectNode into) {
        return into.put("provider", provider)
                .put("provider_model", model)
                .put("mode", info.mode() == ModelInfo.Mode.CHAT ? "chat" : "embedding");
    }
}
