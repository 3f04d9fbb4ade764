@NullMarked
package io.magicproxy.server;

import org.jspecify.annotations.NullMarked;
