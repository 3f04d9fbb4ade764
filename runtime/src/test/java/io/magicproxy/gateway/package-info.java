@NullMarked
package io.magicproxy.gateway;

import org.jspecify.annotations.NullMarked;
