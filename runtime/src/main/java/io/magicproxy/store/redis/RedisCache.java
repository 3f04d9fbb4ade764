package io.magicproxy.store.redis;

import io.magicproxy.store.Cache;
import io.magicproxy.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.redisson.client.codec.ByteArrayCodec;

/** A cache in Redis, whose own settings say how much it holds. */
public final class RedisCache implements Cache {
    private static final String PART = "cache";

    private final RedisLink link;

    public RedisCache(RedisLink link) {
        this.link = link;
    }

    @Override
    public Optional<byte[]> get(String key) {
        try {
            return link.call(redis ->
                    Optional.ofNullable(
                            redis.<byte[]>getBucket(name(key), ByteArrayCodec.INSTANCE).get()));
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    @Override
    public void put(String key, byte[] value, Duration keepFor) {
        try {
            link.call(redis -> {
                redis.<byte[]>getBucket(name(key), ByteArrayCodec.INSTANCE).set(value, keepFor);
                return true;
            });
        } catch (StoreException e) {
            // What can't be kept isn't there.
        }
    }

    @Override
    public void limit(long bytes) {
        // Redis has its own.
    }

    /** Each in a slot of its own: a cluster shares the load. */
    private String name(String key) {
        return link.name(PART + ":" + key);
    }
}
