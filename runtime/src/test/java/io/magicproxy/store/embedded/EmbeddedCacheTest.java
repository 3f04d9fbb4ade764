package io.magicproxy.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EmbeddedCacheTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicLong nanos = new AtomicLong();
    private final EmbeddedCache cache = new EmbeddedCache(nanos::get);

    @Test
    void each_value_has_its_own_time() {
        cache.limit(1 << 20);
        cache.put("short", new byte[] {1}, Duration.ofSeconds(10));
        cache.put("long", new byte[] {2}, HOUR);

        nanos.addAndGet(Duration.ofSeconds(11).toNanos());

        assertThat(cache.get("short")).isEmpty();
        assertThat(cache.get("long").orElseThrow()).containsExactly(2);
        cache.put("long", new byte[] {3}, Duration.ofSeconds(5));
        assertThat(cache.get("long").orElseThrow()).containsExactly(3);
        nanos.addAndGet(Duration.ofSeconds(6).toNanos());
        assertThat(cache.get("long")).as("a later value brings its own").isEmpty();
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
        cache.put("k", new byte[] {1}, HOUR);

        assertThat(cache.get("k")).isEmpty();
    }

    private long held(int keys) {
        long held = 0;
        for (int i = 0; i < keys; i++) {
            held += cache.get("k" + i).isPresent() ? 1 : 0;
        }
        return held;
    }
}
