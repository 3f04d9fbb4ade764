/** The admin API as its users see it: over HTTP, with a whole gateway behind it. */
@NullMarked
package io.magicproxy.server.admin;

import org.jspecify.annotations.NullMarked;
