/** MCP as clients meet it: the official conformance suite, the official SDK, and the wire. */
@NullMarked
package io.magicproxy.server.mcp;

import org.jspecify.annotations.NullMarked;
