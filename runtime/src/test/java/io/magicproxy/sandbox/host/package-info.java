/** Hosts that don't do what they should. */
@NullMarked
package io.magicproxy.sandbox.host;

import org.jspecify.annotations.NullMarked;
