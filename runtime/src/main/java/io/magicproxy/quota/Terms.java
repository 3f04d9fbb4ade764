package io.magicproxy.quota;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a key is given for.
 *
 * @param aliases names that it may ask, with {@code *} for any part of one; none: all
 * @param metadata the operator's own notes
 */
public record Terms(
        String name,
        Optional<String> team,
        List<String> aliases,
        Optional<Instant> expires,
        Limits limits,
        Map<String, String> metadata) {
    public Terms {
        aliases = List.copyOf(aliases);
        metadata = Map.copyOf(metadata);
    }
}
