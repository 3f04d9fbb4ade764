@NullMarked
package io.magicproxy.store.redis;

import org.jspecify.annotations.NullMarked;
