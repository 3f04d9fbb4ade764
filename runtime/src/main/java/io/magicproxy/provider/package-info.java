/**
 * Translate and call one upstream: the port {@link io.magicproxy.provider.ProviderAdapter}, the
 * failure classes, and what the vendors share. One sub-package per vendor; they don't know each
 * other, nor routes, keys' states or HTTP in.
 */
@NullMarked
package io.magicproxy.provider;

import org.jspecify.annotations.NullMarked;
