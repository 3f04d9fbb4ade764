/**
 * Runs one reasoning script: the built-in loop of declarative patterns, and {@code ctx} for
 * imperative ones. Knows nothing of journals, queues and HTTP: what a pattern asks for goes through
 * {@link io.magicproxy.pattern.PatternCalls}.
 */
@NullMarked
package io.magicproxy.pattern;

import org.jspecify.annotations.NullMarked;
