/** Several gateways that share their state. */
@NullMarked
package io.magicproxy.server.nodes;

import org.jspecify.annotations.NullMarked;
