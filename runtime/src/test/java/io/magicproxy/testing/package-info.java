/**
 * Fixtures that several packages' tests share: the scripted upstream, quiet logging. Real sockets,
 * no mocks. Nothing here knows a provider.
 */
@NullMarked
package io.magicproxy.testing;

import org.jspecify.annotations.NullMarked;
