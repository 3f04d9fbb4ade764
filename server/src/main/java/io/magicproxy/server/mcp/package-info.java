/** {@code /mcp}: the Model Context Protocol over Streamable HTTP. */
@NullMarked
package io.magicproxy.server.mcp;

import org.jspecify.annotations.NullMarked;
