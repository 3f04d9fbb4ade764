package io.magicproxy.session;

import io.magicproxy.store.session.Journal;
import java.time.InstantSource;

/**
 * What all runs of this process share.
 *
 * @param worker this process's name in events
 */
record RunEnvironment(
        Journal journal,
        SessionWorld world,
        InstantSource clock,
        FlushTimer timer,
        String worker,
        RunRules rules) {}
