/**
 * The way out for tools: fetches what a grant allows, and nothing that is reached by a trick. Knows
 * nothing of scripts.
 */
@NullMarked
package io.magicproxy.tool.net;

import org.jspecify.annotations.NullMarked;
