/**
 * Texts in watched folders: system prompts and manifests, with a head that says what they are for.
 * Knows nothing of who reads them.
 */
@NullMarked
package io.magicproxy.prompt;

import org.jspecify.annotations.NullMarked;
