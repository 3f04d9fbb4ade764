/**
 * What was used, by whom, and what it cost: the one place that is told of each answered call. May
 * not know how requests come in.
 */
@NullMarked
package io.magicproxy.usage;

import org.jspecify.annotations.NullMarked;
