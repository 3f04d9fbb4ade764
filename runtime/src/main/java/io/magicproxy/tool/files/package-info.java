/** The files that tools may read, and those that none ever may. */
@NullMarked
package io.magicproxy.tool.files;

import org.jspecify.annotations.NullMarked;
