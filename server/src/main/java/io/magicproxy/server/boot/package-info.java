/** main(): the command line, and the server's start and stop. */
@NullMarked
package io.magicproxy.server.boot;

import org.jspecify.annotations.NullMarked;
