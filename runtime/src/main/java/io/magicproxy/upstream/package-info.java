/** HTTP to one upstream: time-outs, cancellation, server-sent events in. Knows no provider. */
@NullMarked
package io.magicproxy.upstream;

import org.jspecify.annotations.NullMarked;
