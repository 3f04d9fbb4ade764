/** Attacks that were tried, over real sockets; docs/security.md says what each one stands for. */
@NullMarked
package io.magicproxy.server.attacks;

import org.jspecify.annotations.NullMarked;
