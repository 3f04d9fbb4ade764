/** Tools over plain HTTP, for whoever speaks no MCP. */
@NullMarked
package io.magicproxy.server.tools;

import org.jspecify.annotations.NullMarked;
