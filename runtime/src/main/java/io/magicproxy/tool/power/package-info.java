/**
 * What tools may do beyond computing: what they ask for, and what the configuration grants. Does
 * none of it.
 */
@NullMarked
package io.magicproxy.tool.power;

import org.jspecify.annotations.NullMarked;
