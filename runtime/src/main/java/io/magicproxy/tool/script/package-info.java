/**
 * Tools that are script files of a watched folder: what they say of themselves, what they may do,
 * and their calls, each in a context of its own.
 */
@NullMarked
package io.magicproxy.tool.script;

import org.jspecify.annotations.NullMarked;
