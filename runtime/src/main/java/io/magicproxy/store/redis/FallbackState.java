package io.magicproxy.store.redis;

import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is in Redis; while that is away, what this process has written itself. That is told to Redis
 * when it is back.
 */
final class FallbackState implements SharedState {
    private static final Logger LOG = System.getLogger(FallbackState.class.getName());

    private final SharedState remote;
    private final SharedState local;

    /** What Redis has not heard yet, by name. */
    private final Map<String, Written> untold = new LinkedHashMap<>();

    private sealed interface Written {
        record Put(String value, Optional<Duration> keepFor) implements Written {}

        record Removed() implements Written {}
    }

    FallbackState(SharedState remote, SharedState local) {
        this.remote = remote;
        this.local = local;
    }

    @Override
    public void put(String name, String value, Optional<Duration> keepFor) throws StoreException {
        local.put(name, value, keepFor);
        tell(name, new Written.Put(value, keepFor));
    }

    @Override
    public void remove(String name) throws StoreException {
        local.remove(name);
        tell(name, new Written.Removed());
    }

    /** In the order in which it was written. */
    private void tell(String name, Written written) {
        synchronized (untold) {
            untold.remove(name);
            untold.put(name, written);
        }
        tellAll();
    }

    void tellAll() {
        synchronized (untold) {
            try {
                while (!untold.isEmpty()) {
                    var first = untold.entrySet().iterator().next();
                    tell(first);
                    untold.remove(first.getKey());
                }
            } catch (StoreException e) {
                LOG.log(Level.DEBUG, "Redis will hear it later: {0}", e.getMessage());
            }
        }
    }

    private void tell(Map.Entry<String, Written> one) throws StoreException {
        switch (one.getValue()) {
            case Written.Put(String value, var keepFor) -> remote.put(one.getKey(), value, keepFor);
            case Written.Removed _ -> remote.remove(one.getKey());
        }
    }

    @Override
    public Optional<String> get(String name) throws StoreException {
        try {
            return remote.get(name);
        } catch (StoreException e) {
            return local.get(name);
        }
    }

    @Override
    public Map<String, String> list(String prefix) throws StoreException {
        try {
            return remote.list(prefix);
        } catch (StoreException e) {
            return local.list(prefix);
        }
    }
}
