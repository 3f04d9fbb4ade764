/** The program as its users start it: as a process. */
@NullMarked
package io.magicproxy.server.boot;

import org.jspecify.annotations.NullMarked;
