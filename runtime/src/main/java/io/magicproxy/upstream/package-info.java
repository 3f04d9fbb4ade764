/**
 * HTTP to one upstream: connections, time-outs, cancellation, server-sent events in.
 *
 * <p>Knows no provider, key or route. Helidon's client writes the request and reads the answer's
 * head; the connections are our own, because an attempt must be breakable at once from another
 * thread, whatever it waits for (see {@code Attempt}).
 */
@NullMarked
package io.magicproxy.upstream;

import org.jspecify.annotations.NullMarked;
