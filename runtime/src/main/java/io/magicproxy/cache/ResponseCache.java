package io.magicproxy.cache;

import io.magicproxy.store.Cache;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** All that is remembered, and the calls under way. Outlives configurations. */
public final class ResponseCache {
    private final Cache store;
    private final InstantSource clock;
    private final Flights flights = new Flights();

    public ResponseCache(Cache store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** How much may be kept from now on. */
    public void limit(long bytes) {
        store.limit(bytes);
    }

    Flights flights() {
        return flights;
    }

    Instant now() {
        return clock.instant();
    }

    /** If it is younger than that: a shorter time counts for what is kept already, too. */
    Optional<StoredAnswer> find(String key, Duration youngerThan) {
        return store.get(key)
                .flatMap(StoredAnswer::decoded)
                .filter(answer -> answer.isYoungerThan(youngerThan, now()));
    }

    void keep(String key, StoredAnswer answer, Duration keepFor) {
        store.put(key, answer.encoded(), keepFor);
    }
}
