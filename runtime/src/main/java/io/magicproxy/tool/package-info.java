/**
 * Tools as script files: loaded from a watched folder, checked against their schema, run in a
 * context of their own. Knows nothing of sessions.
 */
@NullMarked
package io.magicproxy.tool;

import org.jspecify.annotations.NullMarked;
