/** Tests of the simulator. */
@NullMarked
package io.magicproxy.provider.simulator;

import org.jspecify.annotations.NullMarked;
