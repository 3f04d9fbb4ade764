@NullMarked
package io.magicproxy.cache;

import org.jspecify.annotations.NullMarked;
