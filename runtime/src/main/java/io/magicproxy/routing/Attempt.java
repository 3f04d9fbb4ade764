package io.magicproxy.routing;

import io.magicproxy.provider.ProviderFailure;
import java.time.Duration;
import java.util.Optional;

/**
 * One call of an upstream.
 *
 * @param key fingerprint and last four characters
 * @param failure absent if it succeeded
 * @param took until the answer, for a stream until the first output
 */
public record Attempt(
        String profile,
        String provider,
        Optional<String> key,
        Optional<ProviderFailure> failure,
        Duration took) {

    /** {@code ok}, or the failure's class. */
    public String outcome() {
        return failure.map(f -> f.failureClass().wire()).orElse("ok");
    }
}
