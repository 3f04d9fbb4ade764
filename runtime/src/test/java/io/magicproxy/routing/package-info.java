@NullMarked
package io.magicproxy.routing;

import org.jspecify.annotations.NullMarked;
