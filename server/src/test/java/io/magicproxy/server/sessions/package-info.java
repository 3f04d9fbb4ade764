/** Tests of sessions and agents over HTTP. */
@NullMarked
package io.magicproxy.server.sessions;

import org.jspecify.annotations.NullMarked;
