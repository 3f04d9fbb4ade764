/** Strategies, tags, fallbacks and the response cache, over real HTTP. */
@NullMarked
package io.magicproxy.server.routing;

import org.jspecify.annotations.NullMarked;
