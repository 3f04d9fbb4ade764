@NullMarked
package io.magicproxy.server.quota;

import org.jspecify.annotations.NullMarked;
