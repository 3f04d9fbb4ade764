package io.magicproxy.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.magicproxy.store.SharedState;
import io.magicproxy.store.SharedStateContract;
import io.magicproxy.store.StoreException;
import io.magicproxy.testing.RealRedis;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisSharedStateTest extends SharedStateContract {
    @TempDir private static Path folder;
    private static RealRedis server;

    private final Redis redis = new Redis(() -> server.url());

    @BeforeAll
    static void start() {
        server = RealRedis.start(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close() throws Exception {
        redis.closeAll();
    }

    @Override
    protected SharedState open(InstantSource clock) throws Exception {
        redis.closeAll();
        return new RedisSharedState(redis.link(), clock);
    }

    @Test
    void a_cache_keeps_its_values_for_a_while_and_never_fails() throws Exception {
        RedisCache cache = new RedisCache(redis.link());
        byte[] value = "value".getBytes(StandardCharsets.UTF_8);
        cache.put("a", value, Duration.ofMinutes(1));
        cache.put("b", value, Duration.ofMillis(1));

        assertThat(cache.get("a")).contains(value);
        assertThat(cache.get("none")).isEmpty();
    }

    @Test
    void a_server_that_may_lose_what_it_holds_is_refused(@TempDir Path other) throws Exception {
        try (RealRedis careless = RealRedis.start(other, "--appendonly", "no")) {
            Redis there = new Redis(careless::url);
            assertThatThrownBy(there::link)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("appendonly no")
                    .hasMessageContaining("allow_volatile");
            RedisLink.open(there.config(true)).close();
        }
    }
}
