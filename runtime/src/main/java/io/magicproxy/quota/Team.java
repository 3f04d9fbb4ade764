package io.magicproxy.quota;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A group of keys, which share its limits.
 *
 * @param name also its id
 * @param created absent for one of the configuration
 * @param version counts its changes
 */
public record Team(
        String name,
        Limits limits,
        Map<String, String> metadata,
        Optional<Instant> created,
        long version,
        Origin origin) {
    public Team {
        metadata = Map.copyOf(metadata);
    }
}
