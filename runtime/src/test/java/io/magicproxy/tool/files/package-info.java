/** The files that tools may read. */
@NullMarked
package io.magicproxy.tool.files;

import org.jspecify.annotations.NullMarked;
