/** Secrets of tools, and what hides them. */
@NullMarked
package io.magicproxy.tool.secret;

import org.jspecify.annotations.NullMarked;
