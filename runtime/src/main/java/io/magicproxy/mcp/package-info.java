/**
 * The Model Context Protocol: tools, agents, prompts and manifests for other programs' agents. The
 * only package that knows the protocol's SDK and its reactive types; to the outside everything
 * blocks. Knows no HTTP server: who serves it hands messages in and reads event streams out.
 */
@NullMarked
package io.magicproxy.mcp;

import org.jspecify.annotations.NullMarked;
