package io.magicproxy.routing;

import io.magicproxy.provider.ApiKey;
import java.util.Optional;

/**
 * A key as its source gives it.
 *
 * @param weight its share of the requests
 * @param rpm requests that it may serve in a minute
 */
public record KeyEntry(ApiKey key, int weight, Optional<Integer> rpm, Source source) {
    /** Where a key stands. */
    public enum Source {
        FILE,
        ENVIRONMENT,
        CONFIGURATION
    }

    public KeyEntry(ApiKey key) {
        this(key, Source.FILE);
    }

    public KeyEntry(ApiKey key, Source source) {
        this(key, 1, Optional.empty(), source);
    }

    public KeyEntry(ApiKey key, int weight, Optional<Integer> rpm) {
        this(key, weight, rpm, Source.FILE);
    }
}
