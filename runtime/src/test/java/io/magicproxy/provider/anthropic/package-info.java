/** Tests of the Anthropic codec: recorded cases, each rule by itself, and a fuzz. */
@NullMarked
package io.magicproxy.provider.anthropic;

import org.jspecify.annotations.NullMarked;
