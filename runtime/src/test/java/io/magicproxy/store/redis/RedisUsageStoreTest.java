package io.magicproxy.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.UsageStore;
import io.magicproxy.store.UsageStore.Account;
import io.magicproxy.store.UsageStore.Amount;
import io.magicproxy.store.UsageStore.Line;
import io.magicproxy.store.UsageStore.Question;
import io.magicproxy.store.UsageStore.Sum;
import io.magicproxy.store.UsageStoreContract;
import io.magicproxy.testing.RealRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisUsageStoreTest extends UsageStoreContract {
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
    protected UsageStore open() throws Exception {
        redis.closeAll();
        return new RedisUsageStore(redis.link());
    }

    @Test
    void what_is_told_twice_is_added_once() throws Exception {
        RedisUsageStore store = new RedisUsageStore(redis.link());
        Instant hour = Instant.parse("2026-11-27T10:00:00Z");
        Amount amount = new Amount(1, 0, 0, 0, 0, 3, 4, 0, 0, 0, 5);
        Line line = new Line(hour, new Account("k", "t", "a", "p", "v", "m", "chat"), amount);
        store.add("batch", List.of(line));
        store.add("batch", List.of(line));
        store.add("other", UsageJson.lines(UsageJson.text(List.of(line))));

        Question all = new Question(hour, hour.plus(Duration.ofHours(1)), Map.of(), List.of());
        assertThat(store.sums(all)).containsExactly(new Sum(List.of(), amount.plus(amount)));
    }
}
