/** Watched folders of scripts: from saved file to loaded version, with every version kept. */
@NullMarked
package io.magicproxy.plugin;

import org.jspecify.annotations.NullMarked;
