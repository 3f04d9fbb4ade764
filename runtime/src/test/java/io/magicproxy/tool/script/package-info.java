/** The tools that come along. */
@NullMarked
package io.magicproxy.tool.script;

import org.jspecify.annotations.NullMarked;
