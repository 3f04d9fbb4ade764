/**
 * Durable runs of patterns: whatever is not the same the second time is an entry of the journal
 * before the pattern sees it, so any worker can go on where another one died.
 */
@NullMarked
package io.magicproxy.session;

import org.jspecify.annotations.NullMarked;
