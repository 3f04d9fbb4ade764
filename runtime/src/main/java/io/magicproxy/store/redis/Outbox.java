package io.magicproxy.store.redis;

import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BinaryOperator;
import java.util.function.BooleanSupplier;

/**
 * What Redis is to be told once, and has not heard yet; kept through restarts. Each has a name by
 * which Redis knows it again, since an answer that did not come says nothing of what was done.
 */
final class Outbox {
    private static final Logger LOG = System.getLogger(Outbox.class.getName());

    private final SharedState own;
    private final String prefix;
    private final Teller teller;
    private final BooleanSupplier up;
    private final TreeMap<String, String> untold = new TreeMap<>();

    /** The one that nobody has tried to tell: it may still become more. */
    private Optional<String> fresh = Optional.empty();

    private int count;

    /** Tells one thing. */
    @FunctionalInterface
    interface Teller {
        void tell(String name, String what) throws StoreException;
    }

    /**
     * @param own this gateway's state
     * @param prefix of the names that it has there
     * @param up whether it makes sense to try
     */
    Outbox(SharedState own, String prefix, Teller teller, BooleanSupplier up)
            throws StoreException {
        this.own = own;
        this.prefix = prefix;
        this.teller = teller;
        this.up = up;
        own.list(prefix).forEach((name, what) -> untold.put(name.substring(prefix.length()), what));
    }

    /** Returns when it would survive the process's death. */
    synchronized void add(String what) throws StoreException {
        keep(name(), what);
    }

    /**
     * The same, and what has not been tried becomes one.
     *
     * @param both the earlier and the later
     */
    synchronized void add(String what, BinaryOperator<String> both) throws StoreException {
        String name = fresh.orElseGet(this::name);
        keep(name, untold.containsKey(name) ? both.apply(untold.get(name), what) : what);
        fresh = Optional.of(name);
    }

    /** In the order of time, and not twice on any machine. */
    private String name() {
        return String.format(
                "%016d-%08d-%s", Instant.now().toEpochMilli(), ++count, UUID.randomUUID());
    }

    private void keep(String name, String what) throws StoreException {
        own.put(prefix + name, what, Optional.empty());
        untold.put(name, what);
    }

    synchronized void tellAll() {
        try {
            while (!untold.isEmpty() && up.getAsBoolean()) {
                Map.Entry<String, String> first = untold.firstEntry();
                if (fresh.equals(Optional.of(first.getKey()))) {
                    fresh = Optional.empty();
                }
                teller.tell(first.getKey(), first.getValue());
                own.remove(prefix + first.getKey());
                untold.remove(first.getKey());
            }
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "Redis will hear it later: {0}", e.getMessage());
        }
    }
}
