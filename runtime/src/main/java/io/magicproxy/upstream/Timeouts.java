package io.magicproxy.upstream;

import java.time.Duration;

/**
 * How long one attempt may take.
 *
 * @param response until the answer's headers; for a stream, until the first token
 * @param total until the answer's end
 */
public record Timeouts(Duration connect, Duration response, Duration total) {}
