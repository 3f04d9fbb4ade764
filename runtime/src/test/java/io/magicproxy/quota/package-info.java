@NullMarked
package io.magicproxy.quota;

import org.jspecify.annotations.NullMarked;
