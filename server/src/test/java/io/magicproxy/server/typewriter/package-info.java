@NullMarked
package io.magicproxy.server.typewriter;

import org.jspecify.annotations.NullMarked;
