package io.magicproxy.routing;

import io.magicproxy.provider.ApiKey;
import java.util.Optional;

/**
 * A key as its file gives it.
 *
 * @param weight its share of the requests
 * @param rpm requests that it may serve in a minute
 */
public record KeyEntry(ApiKey key, int weight, Optional<Integer> rpm) {
    public KeyEntry(ApiKey key) {
        this(key, 1, Optional.empty());
    }
}
