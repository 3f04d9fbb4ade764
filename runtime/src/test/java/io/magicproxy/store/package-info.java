/** The contracts of the stores: one suite for a port, run on each implementation. */
@NullMarked
package io.magicproxy.store;

import org.jspecify.annotations.NullMarked;
