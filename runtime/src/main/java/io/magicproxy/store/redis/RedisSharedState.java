package io.magicproxy.store.redis;

import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Shared state in Redis: a hash for each folder of names, and one that knows the folders. A value
 * stands behind the time when it is to be forgotten, in milliseconds.
 */
public final class RedisSharedState implements SharedState {
    private static final char END = '|';
    private static final String STATE = "state";

    /** Nothing that is kept there may be empty. */
    private static final String MARK = "/";

    private final RedisLink link;
    private final InstantSource clock;

    public RedisSharedState(RedisLink link, InstantSource clock) {
        this.link = link;
        this.clock = clock;
    }

    @Override
    public void put(String name, String value, Optional<Duration> keepFor) throws StoreException {
        String until =
                keepFor.map(time -> Long.toString(clock.millis() + time.toMillis())).orElse("");
        link.call(redis -> {
            folders(redis).fastPut(MARK + folder(name), MARK);
            return values(redis, folder(name)).fastPut(name, until + END + value);
        });
    }

    @Override
    public Optional<String> get(String name) throws StoreException {
        return link.call(redis ->
                Optional.ofNullable(values(redis, folder(name)).get(name)).flatMap(this::alive));
    }

    @Override
    public void remove(String name) throws StoreException {
        link.call(redis -> values(redis, folder(name)).fastRemove(name));
    }

    @Override
    public Map<String, String> list(String prefix) throws StoreException {
        return link.call(redis -> {
            Map<String, String> found = new TreeMap<>();
            for (String marked : folders(redis).readAllKeySet()) {
                String folder = marked.substring(MARK.length());
                if (folder.startsWith(prefix) || prefix.startsWith(folder)) {
                    values(redis, folder)
                            .readAllMap()
                            .forEach((name, kept) -> {
                                if (name.startsWith(prefix)) {
                                    alive(kept).ifPresent(value -> found.put(name, value));
                                }
                            });
                }
            }
            return new LinkedHashMap<>(found);
        });
    }

    private Optional<String> alive(String kept) {
        int end = kept.indexOf(END);
        boolean alive = end == 0 || Long.parseLong(kept, 0, end, 10) > clock.millis();
        return alive ? Optional.of(kept.substring(end + 1)) : Optional.empty();
    }

    /** Up to the last slash, which belongs to it. */
    private static String folder(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    private RMap<String, String> folders(RedissonClient redis) {
        return redis.getMap(link.name(STATE), StringCodec.INSTANCE);
    }

    private RMap<String, String> values(RedissonClient redis, String folder) {
        return redis.getMap(link.name(STATE) + MARK + folder, StringCodec.INSTANCE);
    }
}
