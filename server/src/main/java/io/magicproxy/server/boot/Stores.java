package io.magicproxy.server.boot;

import io.magicproxy.store.AuditLog;
import io.magicproxy.store.Cache;
import io.magicproxy.store.Counters;
import io.magicproxy.store.RedisConfig;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.UsageStore;
import io.magicproxy.store.embedded.EmbeddedCache;
import io.magicproxy.store.embedded.EmbeddedCounters;
import io.magicproxy.store.embedded.EmbeddedDatabase;
import io.magicproxy.store.embedded.EmbeddedSharedState;
import io.magicproxy.store.redis.RedisStores;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Where small state is kept: in this gateway, or in Redis, shared with others. */
record Stores(SharedState state, Counters counters, Cache cache, Optional<RedisStores> shared) {
    /** What was used: here, or at all gateways. */
    UsageStore usage(UsageStore local, SharedState own) throws StoreException {
        return shared.isPresent() ? shared.get().usage(local, own) : local;
    }

    /** What was changed: here, or at all gateways. */
    AuditLog audit(AuditLog local, SharedState own, Duration retention, InstantSource clock)
            throws StoreException {
        return shared.isPresent() ? shared.get().audit(local, own, retention, clock) : local;
    }

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
