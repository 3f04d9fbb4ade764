/** Tests of the Gemini codec. */
@NullMarked
package io.magicproxy.provider.gemini;

import org.jspecify.annotations.NullMarked;
