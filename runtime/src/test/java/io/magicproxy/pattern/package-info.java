/** Patterns: reading what models write, the built-in loop, and scripts in their sandbox. */
@NullMarked
package io.magicproxy.pattern;

import org.jspecify.annotations.NullMarked;
