/** The ports to state that outlives a request. Implementations stand in sub-packages. */
@NullMarked
package io.magicproxy.store;

import org.jspecify.annotations.NullMarked;
