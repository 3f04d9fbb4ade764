/**
 * Providers that speak OpenAI's format: OpenAI and Azure, and all that differ from them by data
 * only. A body is not rebuilt here: what must change is changed, every other byte goes through.
 */
@NullMarked
package io.magicproxy.provider.openai;

import org.jspecify.annotations.NullMarked;
