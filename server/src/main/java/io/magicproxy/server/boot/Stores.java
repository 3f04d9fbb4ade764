package io.magicproxy.server.boot;

import io.magicproxy.store.Cache;
import io.magicproxy.store.Counters;
import io.magicproxy.store.RedisConfig;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.embedded.EmbeddedCache;
import io.magicproxy.store.embedded.EmbeddedCounters;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedSharedState;
import io.magicproxy.store.redis.RedisStores;
import java.time.InstantSource;
import java.util.Optional;

/** Where small state is kept: in this gateway, or in Redis, shared with others. */
record Stores(SharedState state, Counters counters, Cache cache, Optional<RedisStores> shared) {
    static Stores open(
            Optional<RedisConfig> redis,
            EmbeddedDatabase database,
            InstantSource clock,
            OpenThings open)
            throws StoreException {
        SharedState state = new EmbeddedSharedState(database, clock);
        Counters counters = open.opened(new EmbeddedCounters(database, clock));
        if (redis.isEmpty()) {
            return new Stores(state, counters, new EmbeddedCache(), Optional.empty());
        }
        RedisStores shared = open.opened(new RedisStores(redis.get(), state, counters, clock));
        return new Stores(shared.state(), shared.counters(), shared.cache(), Optional.of(shared));
    }
}
