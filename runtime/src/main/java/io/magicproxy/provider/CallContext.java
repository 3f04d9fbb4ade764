package io.magicproxy.provider;

import io.magicproxy.upstream.Cancellation;
import io.magicproxy.upstream.Timeouts;
import java.util.Optional;

/**
 * What an adapter needs for one attempt besides the request.
 *
 * @param key absent where none is needed
 */
public record CallContext(Optional<ApiKey> key, Cancellation cancellation, Timeouts timeouts) {}
