/**
 * Streams that flow evenly, one character a reader sees after the other, whatever rhythm they come
 * in. Knows chunks of OpenAI's format and nothing of HTTP.
 */
@NullMarked
package io.magicproxy.server.typewriter;

import org.jspecify.annotations.NullMarked;
