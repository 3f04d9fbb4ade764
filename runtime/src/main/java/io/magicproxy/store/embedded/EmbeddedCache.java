package io.magicproxy.store.embedded;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.magicproxy.store.Cache;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** In this process's memory; gone with it. Nothing is made before it is given a size. */
public final class EmbeddedCache implements Cache {
    /** About what the table itself takes for each value. */
    private static final int OVERHEAD = 128;

    private final Ticker ticker;
    private volatile com.github.benmanes.caffeine.cache.@Nullable Cache<String, Kept> kept;

    private record Kept(byte[] value, Duration keepFor) {}

    public EmbeddedCache() {
        this(Ticker.systemTicker());
    }

    EmbeddedCache(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public synchronized void limit(long bytes) {
        var cache = kept;
        if (cache == null) {
            kept = create(bytes);
        } else {
            cache.policy().eviction().ifPresent(eviction -> eviction.setMaximum(bytes));
        }
    }

    private com.github.benmanes.caffeine.cache.Cache<String, Kept> create(long bytes) {
        return Caffeine.newBuilder()
                .maximumWeight(bytes)
                .weigher((String key, Kept kept) -> weight(key, kept.value))
                .expireAfter(Expiry.writing((String key, Kept kept) -> kept.keepFor))
                .ticker(ticker)
                // At once, so that the limit holds when a call returns.
                .executor(Runnable::run)
                .build();
    }

    private static int weight(String key, byte[] value) {
        return (int) Math.min(Integer.MAX_VALUE, (long) value.length + key.length() + OVERHEAD);
    }

    @Override
    public Optional<byte[]> get(String key) {
        var cache = kept;
        Kept found = cache == null ? null : cache.getIfPresent(key);
        return found == null ? Optional.empty() : Optional.of(found.value);
    }

    @Override
    public void put(String key, byte[] value, Duration keepFor) {
        var cache = kept;
        if (cache != null) {
            cache.put(key, new Kept(value, keepFor));
        }
    }
}
