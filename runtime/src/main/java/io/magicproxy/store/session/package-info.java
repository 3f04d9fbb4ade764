/**
 * The ports to durable sessions: the journal, which holds everything, and the queue, which only
 * says which run wants a worker; and what all who keep a journal have in common.
 */
@NullMarked
package io.magicproxy.store.session;

import org.jspecify.annotations.NullMarked;
