package io.magicproxy.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.ProviderFailure;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one pool. Outlives configurations: keys come and go by {@link #update}, and those
 * that stay keep their state. A key serves many requests at once.
 */
public final class KeyPool {
    private static final Logger LOG = System.getLogger(KeyPool.class.getName());

    private final String id;
    private final InstantSource clock;
    private final SharedState store;
    private final RoutingListener listener;
    private final Map<String, PooledKey> keys = new LinkedHashMap<>();
    private final Object writing = new Object();
    private volatile KeyPoolSettings settings;
    private String remedy = "";
    private long leases;
    private long round;

    public KeyPool(
            String id,
            KeyPoolSettings settings,
            InstantSource clock,
            SharedState store,
            RoutingListener listener) {
        this.id = id;
        this.settings = settings;
        this.clock = clock;
        this.store = store;
        this.listener = listener;
    }

    /** A key's state as it is kept in the store. */
    private record Kept(KeyState state, Optional<Instant> since) {
        private static final Kept NOTHING = new Kept(new KeyState.Active(), Optional.empty());
        private static final String SINCE = "since";

        String toJson() {
            ObjectNode json = state.toJson();
            since.ifPresent(at -> json.put(SINCE, at.toString()));
            return Json.text(json);
        }

        /** What can't be read counts as active. */
        static Kept fromJson(String text) {
            try {
                JsonNode json = Json.read(text);
                Optional<Instant> since =
                        Optional.of(json.path(SINCE).asText())
                                .filter(at -> !at.isEmpty())
                                .map(Instant::parse);
                return new Kept(KeyState.fromJson(json), since);
            } catch (JsonProcessingException | DateTimeException e) {
                return NOTHING;
            }
        }
    }

    /** What came of asking for a key. */
    sealed interface Leased {
        /** To be given back. */
        record Key(KeyLease lease) implements Leased {}

        /** Each one rests or is busy; the first is due then. */
        record Later(Instant due) implements Leased {}

        /** There is none, or none that could become usable by itself. */
        record Never() implements Leased {}
    }

    /**
     * A key to be tried by a synthetic call.
     *
     * @param state in which it was found
     */
    record Doubt(PooledKey key, ApiKey secret, KeyState state) {}

    /**
     * A key for the admin's eyes.
     *
     * @param lastFour the end of the key
     * @param since when the state began; absent if it never was another one
     * @param probing whether a request tries it at this moment
     */
    public record Snapshot(
            String fingerprint,
            String lastFour,
            KeyState state,
            Optional<Instant> since,
            boolean probing,
            int inFlight,
            KeyEntry entry) {}

    public String id() {
        return id;
    }

    /**
     * Takes over the keys that the pool's sources hold now.
     *
     * @param howToAdd what to tell someone who finds no usable key here
     */
    public void update(List<KeyEntry> entries, KeyPoolSettings newSettings, String howToAdd) {
        Map<String, Kept> kept = kept();
        synchronized (keys) {
            settings = newSettings;
            remedy = howToAdd;
            Map<String, PooledKey> now = new LinkedHashMap<>();
            for (KeyEntry entry : entries) {
                String fingerprint = entry.key().fingerprint();
                PooledKey known = keys.get(fingerprint);
                if (known == null) {
                    Kept before = kept.getOrDefault(fingerprint, Kept.NOTHING);
                    known = new PooledKey(entry, before.state(), before.since());
                }
                known.entry(entry);
                now.put(fingerprint, known);
            }
            keys.clear();
            keys.putAll(now);
        }
    }

    private Map<String, Kept> kept() {
        try {
            return list();
        } catch (StoreException e) {
            LOG.log(
                    Level.WARNING,
                    "the states of the keys of pool {0} can't be read, all count as active: {1}",
                    id,
                    e.getMessage());
            return Map.of();
        }
    }

    private Map<String, Kept> list() throws StoreException {
        Map<String, Kept> states = new LinkedHashMap<>();
        store.list(prefix())
                .forEach((name, json) ->
                        states.put(name.substring(prefix().length()), Kept.fromJson(json)));
        return states;
    }

    /** Takes over what other gateways that share the store have found out of these keys. */
    public void refresh() {
        Map<String, KeyState> changed = new LinkedHashMap<>();
        synchronized (writing) {
            Map<String, Kept> found;
            try {
                found = list();
            } catch (StoreException e) {
                LOG.log(Level.DEBUG, "the states of pool {0} can''t be read: {1}", id, e);
                return;
            }
            synchronized (keys) {
                keys.forEach((fingerprint, key) -> {
                    Kept kept = found.getOrDefault(fingerprint, Kept.NOTHING);
                    if (!key.untold() && !kept.state().equals(key.state())) {
                        key.become(kept.state(), kept.since());
                        changed.put(key.entry().key().toString(), kept.state());
                    }
                });
            }
        }
        changed.forEach((key, state) -> listener.keyChanged(id, key, state));
    }

    /** What to do when there is no usable key here. */
    public String remedy() {
        synchronized (keys) {
            return remedy;
        }
    }

    /**
     * A key that may be used now.
     *
     * @param tried fingerprints of keys that this request has tried already
     */
    Leased lease(Set<String> tried) {
        Instant now = clock.instant();
        synchronized (keys) {
            PooledKey best = null;
            Instant due = null;
            for (PooledKey key : keys.values()) {
                boolean again = tried.contains(key.entry().key().fingerprint());
                Instant at = key.due(now).orElse(null);
                if (!again && key.usable(now) && (best == null || key.before(best, now, round))) {
                    best = key;
                }
                // A key that this request has seen refused may rest for a time that it can wait.
                if (at != null
                        && (!again || at.isAfter(now))
                        && (due == null || at.isBefore(due))) {
                    due = at;
                }
            }
            if (best != null) {
                round = best.turn(round);
                best.begin(now, round, ++leases);
                return new Leased.Key(new KeyLease(this, best, best.entry().key(), leases));
            }
            return due == null ? new Leased.Never() : new Leased.Later(due);
        }
    }

    /** Whether the key rests, or waits to be probed. */
    boolean resting(String fingerprint) {
        synchronized (keys) {
            PooledKey key = keys.get(fingerprint);
            return key != null && key.resting();
        }
    }

    void succeeded(PooledKey key, long lease) {
        changing(key, () -> key.succeeded(lease));
    }

    void failed(PooledKey key, ProviderFailure failure) {
        changing(key, () -> key.failed(failure, clock.instant(), settings));
    }

    /** The keys that a synthetic call may bring back now. */
    List<Doubt> doubts() {
        Instant now = clock.instant();
        synchronized (keys) {
            return keys.values().stream()
                    .filter(key -> key.isDoubtful(now))
                    .map(key -> new Doubt(key, key.entry().key(), key.state()))
                    .toList();
        }
    }

    /** What came of a synthetic call; if the key has changed meanwhile, that is newer. */
    void probed(Doubt doubt, Optional<ProviderFailure> failure) {
        PooledKey key = doubt.key();
        changing(
                key,
                () -> {
                    if (key.state().equals(doubt.state())) {
                        failure.ifPresentOrElse(
                                f -> key.doubted(f, clock.instant(), settings), key::vouchedFor);
                    }
                });
        listener.keyProbed(id, doubt.secret().toString(), failure);
    }

    void end(PooledKey key, long lease) {
        synchronized (keys) {
            key.end(lease);
        }
    }

    /** Puts a key to work again; false if there is none by that fingerprint. */
    public boolean restore(String fingerprint) {
        return find(fingerprint).map(key -> changing(key, key::restore)).isPresent();
    }

    /** Takes a key out of work; false if there is none by that fingerprint. */
    public boolean retire(String fingerprint, String reason) {
        return find(fingerprint).map(key -> changing(key, () -> key.retire(reason))).isPresent();
    }

    /** All keys, whatever their state: for whoever must know them to hide them. */
    public List<ApiKey> keys() {
        synchronized (keys) {
            return keys.values().stream().map(key -> key.entry().key()).toList();
        }
    }

    public List<Snapshot> snapshot() {
        synchronized (keys) {
            List<Snapshot> all = new ArrayList<>();
            for (PooledKey key : keys.values()) {
                ApiKey secret = key.entry().key();
                all.add(
                        new Snapshot(
                                secret.fingerprint(),
                                secret.lastFour(),
                                key.state(),
                                key.since(),
                                key.probing(),
                                key.inFlight(),
                                key.entry()));
            }
            return List.copyOf(all);
        }
    }

    private Optional<PooledKey> find(String fingerprint) {
        synchronized (keys) {
            return Optional.ofNullable(keys.get(fingerprint));
        }
    }

    /** Changes a key; if its state is another one then, keeps and tells it, with no lock held. */
    private KeyState changing(PooledKey key, Runnable change) {
        KeyState before;
        KeyState after;
        synchronized (keys) {
            before = key.state();
            change.run();
            after = key.state();
            if (!after.equals(before)) {
                key.since(clock.instant());
            }
        }
        if (!after.equals(before)) {
            keep(key);
            listener.keyChanged(id, key.entry().key().toString(), after);
        }
        return after;
    }

    /** Keeps the state as it is by now: of two changes at once, the last written is the newest. */
    private void keep(PooledKey key) {
        String name = prefix() + key.entry().key().fingerprint();
        synchronized (writing) {
            Kept state;
            synchronized (keys) {
                state = new Kept(key.state(), key.since());
                key.told();
            }
            write(name, state);
        }
    }

    private void write(String name, Kept kept) {
        try {
            if (kept.state() instanceof KeyState.Active) {
                store.remove(name);
            } else {
                store.put(name, kept.toJson(), Optional.empty());
            }
        } catch (StoreException e) {
            LOG.log(
                    Level.WARNING,
                    "the state of a key of pool {0} can't be kept, a restart will forget it: {1}",
                    id,
                    e.getMessage());
        }
    }

    private String prefix() {
        return "key/" + id + "/";
    }
}
