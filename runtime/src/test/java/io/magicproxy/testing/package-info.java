/**
 * Fixtures that several packages' tests share: the scripted upstream, the golden matrix, quiet
 * logging. Real sockets, no mocks. Nothing here knows a vendor.
 */
@NullMarked
package io.magicproxy.testing;

import org.jspecify.annotations.NullMarked;
