/** The page as a browser gets it. */
@NullMarked
package io.magicproxy.server.ui;

import org.jspecify.annotations.NullMarked;
