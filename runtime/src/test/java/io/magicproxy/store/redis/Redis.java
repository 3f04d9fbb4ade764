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
    private final Supplier<List<String>> urls;
    private final RedisConfig.Mode mode;
    private final Duration timeout;
    private final String prefix = "test-" + UUID.randomUUID();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** One that may be slow on a busy machine. */
    public Redis(Supplier<String> url) {
        this(() -> List.of(url.get()), RedisConfig.Mode.SINGLE, Duration.ofSeconds(20));
    }

    /**
     * With more to say.
     *
     * @param timeout after which a server counts as away
     */
    Redis(Supplier<List<String>> urls, RedisConfig.Mode mode, Duration timeout) {
        this.urls = urls;
        this.mode = mode;
        this.timeout = timeout;
    }

    public RedisLink link() throws StoreException {
        return opened(RedisLink.open(config(false)));
    }

    public RedisConfig config(boolean allowVolatile) {
        return new RedisConfig(
                urls.get(),
                mode,
                "mymaster",
                Optional.empty(),
                Optional.empty(),
                prefix,
                timeout,
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
