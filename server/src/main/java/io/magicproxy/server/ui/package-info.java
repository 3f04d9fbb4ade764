/** The page's files. Knows nothing of what they ask. */
@NullMarked
package io.magicproxy.server.ui;

import org.jspecify.annotations.NullMarked;
