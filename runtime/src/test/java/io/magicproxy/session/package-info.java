/** Tests of durable runs: each rule of the journal, on the real store and in the real sandbox. */
@NullMarked
package io.magicproxy.session;

import org.jspecify.annotations.NullMarked;
