/**
 * The canonical conversation: what a chat request, its answer and its stream are, whichever vendor
 * speaks.
 *
 * <p>Knows OpenAI's wire format, which is the house's own, and no provider, route or server.
 */
@NullMarked
package io.magicproxy.chat;

import org.jspecify.annotations.NullMarked;
