/**
 * The Model Context Protocol from the client's side: tools of remote servers, reached over
 * Streamable HTTP or as child processes. A server is looked after in the background; nobody waits
 * for one that is down. Uses the SDK's session and schema, on transports of its own.
 */
@NullMarked
package io.magicproxy.mcp.client;

import org.jspecify.annotations.NullMarked;
