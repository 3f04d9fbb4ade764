/** {@code /v1/react/sessions}: reasoning sessions over HTTP, their events as an event stream. */
@NullMarked
package io.magicproxy.server.sessions;

import org.jspecify.annotations.NullMarked;
