package io.magicproxy.provider;

import io.magicproxy.config.ConfigNode;
import io.magicproxy.config.Problems;
import io.magicproxy.upstream.UpstreamClient;
import java.net.URI;
import java.util.Optional;

/** A vendor, or a kind of server: makes the adapter for each profile that names it. */
public interface Provider {
    /** Its name in the configuration. */
    String id();

    /** Where its API stands, if that is the same for everybody. */
    Optional<URI> defaultBase();

    /** Whether a host is the vendor's own, so that its keys may be sent there. */
    default boolean ownsHost(String host) {
        return defaultBase().filter(base -> host.equalsIgnoreCase(base.getHost())).isPresent();
    }

    KeyNeed keyNeed();

    /** What only this provider understands of a profile's {@code model_params}. */
    default void check(ConfigNode.Mapping modelParams, Problems problems) {}

    ProviderAdapter adapter(ProviderTarget target, UpstreamClient client);

    /** Whether a call can be made without a key. */
    enum KeyNeed {
        REQUIRED,
        OPTIONAL,
        NONE
    }
}
