@NullMarked
package io.magicproxy;

import org.jspecify.annotations.NullMarked;
