@NullMarked
package io.magicproxy.upstream;

import org.jspecify.annotations.NullMarked;
