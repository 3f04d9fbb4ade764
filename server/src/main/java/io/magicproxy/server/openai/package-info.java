/** OpenAI's API, as far as the house offers it. */
@NullMarked
package io.magicproxy.server.openai;

import org.jspecify.annotations.NullMarked;
