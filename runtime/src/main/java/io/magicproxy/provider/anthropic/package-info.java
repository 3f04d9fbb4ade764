/**
 * Anthropic's Messages API ({@code POST /v1/messages}) spoken for callers who speak OpenAI's. Pure
 * translation: no I/O, no clock.
 *
 * <p>The wire format is that of Anthropic's own SDKs (anthropic-sdk-python 0.121); what a model
 * accepts is in {@link io.magicproxy.provider.anthropic.ClaudeModel}.
 *
 * <ul>
 *   <li>System and developer messages become {@code system} blocks in their order, wherever they
 *       stood.
 *   <li>Neighbouring messages of one role become one turn; in a user's turn the tool results come
 *       first.
 *   <li>An answer whose blocks OpenAI's format can't hold in their order (server tools, interleaved
 *       thoughts) carries them in {@code anthropic_content} as well, and they are replayed from
 *       there.
 * </ul>
 */
@NullMarked
package io.magicproxy.provider.anthropic;

import org.jspecify.annotations.NullMarked;
