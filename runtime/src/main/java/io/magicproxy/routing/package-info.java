/**
 * Choose profile and key, and fail over: the product's core. Knows the port to providers, and no
 * vendor; no HTTP in.
 */
@NullMarked
package io.magicproxy.routing;

import org.jspecify.annotations.NullMarked;
