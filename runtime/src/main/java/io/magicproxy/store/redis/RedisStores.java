package io.magicproxy.store.redis;

import io.magicproxy.store.Cache;
import io.magicproxy.store.Counters;
import io.magicproxy.store.RedisConfig;
import io.magicproxy.store.SavedFiles;
import io.magicproxy.store.SavedVersions;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.time.InstantSource;

/** All that several gateways share in Redis, each with this process's own to fall back on. */
public final class RedisStores implements AutoCloseable {
    private final RedisLink link;
    private final FallbackState state;
    private final RedisCounters inRedis;
    private final FallbackCounters counters;

    /**
     * @param state this process's own
     * @param counters this process's own
     */
    public RedisStores(
            RedisConfig config, SharedState state, Counters counters, InstantSource clock)
            throws StoreException {
        this.link = RedisLink.open(config);
        this.state = new FallbackState(new RedisSharedState(link, clock), state);
        this.inRedis = new RedisCounters(link);
        this.counters = new FallbackCounters(inRedis, counters);
        link.whenBack(this.state::tellAll);
        link.whenBack(inRedis::beginAnew);
        link.whenBack(this.counters::tellAll);
    }

    public SharedState state() {
        return state;
    }

    public Counters counters() {
        return counters;
    }

    public Cache cache() {
        return new RedisCache(link);
    }

    /** What is saved at one gateway, for all. */
    public SavedFiles files() {
        return new RedisSavedFiles(link);
    }

    /** Versions of scripts, for all. */
    public SavedVersions versions() {
        return new RedisSavedVersions(link);
    }

    /** Whether Redis is there. */
    public boolean isUp() {
        return link.isUp();
    }

    @Override
    public void close() {
        inRedis.close();
        link.close();
    }
}
