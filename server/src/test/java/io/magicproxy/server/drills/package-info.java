/** What may go wrong beneath a session, done to it: providers, keys, clients, queues, processes. */
@NullMarked
package io.magicproxy.server.drills;

import org.jspecify.annotations.NullMarked;
