package io.magicproxy.testing;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A request that a {@link ScriptedUpstream} got.
 *
 * @param headers by lower-case name; of repeated ones the last
 * @param text the body as UTF-8
 * @param connection the number of the connection that it came on, from 1
 * @param closed completes when the peer has closed that connection
 */
public record ReceivedRequest(
        String method,
        String path,
        Map<String, String> headers,
        String text,
        int connection,
        CompletableFuture<Instant> closed) {

    /** A header's value. */
    public Optional<String> header(String lowerCaseName) {
        return Optional.ofNullable(headers.get(lowerCaseName));
    }
}
