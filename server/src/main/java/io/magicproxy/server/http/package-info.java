/**
 * What every request passes: identity, access, limits, errors; and how events are written. Knows no
 * API.
 */
@NullMarked
package io.magicproxy.server.http;

import org.jspecify.annotations.NullMarked;
