/** The stores of one machine: their contracts, and what befalls their folder. */
@NullMarked
package io.magicproxy.store.embedded;

import org.jspecify.annotations.NullMarked;
