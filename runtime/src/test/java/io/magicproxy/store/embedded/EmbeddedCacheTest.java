package io.magicproxy.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.Cache;
import io.magicproxy.store.CacheContract;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EmbeddedCacheTest extends CacheContract {
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong nanos = new AtomicLong();
    private final EmbeddedCache cache = new EmbeddedCache(nanos::get);

    @Override
    protected Cache cache() {
        return cache;
    }

    @Override
    protected void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void it_never_holds_more_than_it_may() {
        cache.limit(100_000);
        for (int i = 0; i < 1_000; i++) {
            cache.put("k" + i, new byte[10_000], HOUR);
        }
        assertThat(held(1_000)).isBetween(1L, 9L);

        cache.limit(25_000);
        assertThat(held(1_000)).as("a lower limit counts at once").isBetween(1L, 2L);
        cache.put("huge", new byte[30_000], HOUR);
        assertThat(cache.get("huge")).isEmpty();
    }

    @Test
    void without_a_size_it_holds_nothing() {
        Cache unused = new EmbeddedCache();
        unused.put("k", new byte[] {1}, HOUR);

        assertThat(unused.get("k")).isEmpty();
    }

    private long held(int keys) {
        long held = 0;
        for (int i = 0; i < keys; i++) {
            held += cache.get("k" + i).isPresent() ? 1 : 0;
        }
        return held;
    }
}
