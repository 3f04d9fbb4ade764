/** What tools ask for and are granted. */
@NullMarked
package io.magicproxy.tool.power;

import org.jspecify.annotations.NullMarked;
