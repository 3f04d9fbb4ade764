/**
 * Google's native Gemini API ({@code generateContent}, {@code batchEmbedContents}) spoken for
 * callers who speak OpenAI's. Pure translation: no I/O.
 *
 * <p>The wire format is that of {@code generativelanguage.googleapis.com/v1beta}, as Google's own
 * SDKs (python-genai, js-genai) send it.
 */
@NullMarked
package io.magicproxy.provider.gemini;

import org.jspecify.annotations.NullMarked;
