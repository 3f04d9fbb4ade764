package io.magicproxy.provider;

import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import java.util.Map;
import java.util.Optional;

/**
 * What an adapter needs for one attempt besides the request.
 *
 * @param key absent where none is needed
 * @param headers that go along, whoever the provider is
 */
public record CallContext(
        Optional<ApiKey> key,
        Cancellation cancellation,
        Timeouts timeouts,
        Map<String, String> headers) {
    /** With no headers of its own. */
    public CallContext(Optional<ApiKey> key, Cancellation cancellation, Timeouts timeouts) {
        this(key, cancellation, timeouts, Map.of());
    }

    /** The same with these headers. */
    public CallContext with(Map<String, String> others) {
        return others.isEmpty() ? this : new CallContext(key, cancellation, timeouts, others);
    }
}
