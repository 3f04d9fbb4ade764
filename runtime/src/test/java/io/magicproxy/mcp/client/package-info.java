/** Remote servers that behave, and others. */
@NullMarked
package io.magicproxy.mcp.client;

import org.jspecify.annotations.NullMarked;
