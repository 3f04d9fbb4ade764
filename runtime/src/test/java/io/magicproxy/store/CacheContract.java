package io.magicproxy.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every cache must do. */
public abstract class CacheContract {
    private static final Duration HOUR = Duration.ofHours(1);

    /** An empty one. */
    protected abstract Cache cache();

    /** Lets time pass for it. */
    protected abstract void pass(Duration time);

    @BeforeEach
    void room() {
        cache().limit(1 << 20);
    }

    @Test
    void a_value_comes_back_byte_for_byte_under_its_own_key() {
        byte[] value = new byte[256];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) i;
        }
        cache().put("a:1", value, HOUR);

        assertThat(cache().get("a:1").orElseThrow()).isEqualTo(value);
        assertThat(cache().get("a:2")).isEmpty();
    }

    @Test
    void a_later_value_takes_the_place_of_an_earlier_one() {
        cache().put("k", new byte[] {1}, HOUR);
        cache().put("k", new byte[] {2}, HOUR);

        assertThat(cache().get("k").orElseThrow()).containsExactly(2);
    }

    @Test
    void each_value_has_its_own_time_and_a_later_one_brings_its_own() {
        cache().put("short", new byte[] {1}, Duration.ofSeconds(1));
        cache().put("long", new byte[] {2}, HOUR);
        cache().put("shorter now", new byte[] {3}, HOUR);
        cache().put("shorter now", new byte[] {4}, Duration.ofSeconds(1));

        pass(Duration.ofMillis(1_100));

        assertThat(cache().get("short")).isEmpty();
        assertThat(cache().get("shorter now")).isEmpty();
        assertThat(cache().get("long").orElseThrow()).containsExactly(2);
    }
}
