package io.magicproxy.store.redis;

import io.magicproxy.store.RedisConfig;
import io.magicproxy.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** A test's own corner of one server, and what it has open there. */
public final class Redis {
    private final Supplier<String> url;
    private final String prefix = "test-" + UUID.randomUUID();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    public Redis(Supplier<String> url) {
        this.url = url;
    }

    public RedisLink link() throws StoreException {
        return opened(RedisLink.open(config(false)));
    }

    public RedisConfig config(boolean allowVolatile) {
        return new RedisConfig(
                List.of(url.get()),
                RedisConfig.Mode.SINGLE,
                "mymaster",
                Optional.empty(),
                Optional.empty(),
                prefix,
                Duration.ofSeconds(1),
                allowVolatile);
    }

    public <T extends AutoCloseable> T opened(T one) {
        open.push(one);
        return one;
    }

    public void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
