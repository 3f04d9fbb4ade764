@NullMarked
package io.magicproxy.store.kafka;

import org.jspecify.annotations.NullMarked;
