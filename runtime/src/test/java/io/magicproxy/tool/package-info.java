@NullMarked
package io.magicproxy.tool;

import org.jspecify.annotations.NullMarked;
