/**
 * Check and run one tool call, whoever makes it and wherever the tool comes from. Knows nothing of
 * sessions, scripts or protocols.
 */
@NullMarked
package io.magicproxy.tool;

import org.jspecify.annotations.NullMarked;
