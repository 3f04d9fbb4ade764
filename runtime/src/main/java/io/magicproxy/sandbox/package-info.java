/**
 * Runs scripts that nobody trusts. The only package that knows GraalVM; what a script may ask for
 * is decided by who implements {@link io.magicproxy.sandbox.HostCalls}, not here.
 */
@NullMarked
package io.magicproxy.sandbox;

import org.jspecify.annotations.NullMarked;
