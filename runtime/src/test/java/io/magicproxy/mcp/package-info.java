/** The parts of the MCP server, without HTTP. */
@NullMarked
package io.magicproxy.mcp;

import org.jspecify.annotations.NullMarked;
