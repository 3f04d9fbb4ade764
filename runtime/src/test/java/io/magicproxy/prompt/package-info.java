/** Texts in watched folders. */
@NullMarked
package io.magicproxy.prompt;

import org.jspecify.annotations.NullMarked;
