/** The way out for tools, with real servers. */
@NullMarked
package io.magicproxy.tool.net;

import org.jspecify.annotations.NullMarked;
