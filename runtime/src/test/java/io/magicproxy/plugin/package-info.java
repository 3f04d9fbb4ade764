/** Folders of scripts: what is taken, what is refused, what is remembered. */
@NullMarked
package io.magicproxy.plugin;

import org.jspecify.annotations.NullMarked;
