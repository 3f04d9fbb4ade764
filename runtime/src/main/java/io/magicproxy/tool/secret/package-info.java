/** Secrets of tools, each for one tool alone; and what keeps every secret out of results. */
@NullMarked
package io.magicproxy.tool.secret;

import org.jspecify.annotations.NullMarked;
