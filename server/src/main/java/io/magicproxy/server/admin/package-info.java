/** What operators read and change: health, metrics, status. */
@NullMarked
package io.magicproxy.server.admin;

import org.jspecify.annotations.NullMarked;
