/**
 * Remembers answers: what makes two requests the same, what may be kept, and that requests which
 * are the same share one call. Knows streams and whole answers, no profile and no key.
 */
@NullMarked
package io.magicproxy.cache;

import org.jspecify.annotations.NullMarked;
