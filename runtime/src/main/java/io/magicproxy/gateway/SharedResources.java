package io.magicproxy.gateway;

import io.magicproxy.cache.ResponseCache;
import io.magicproxy.routing.Breaker;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.routing.KeyPoolSettings;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.ProfileLoad;
import io.magicproxy.routing.RoutingListener;
import io.magicproxy.store.Cache;
import io.magicproxy.store.SharedState;
import io.magicproxy.store.embedded.EmbeddedCache;
import io.magicproxy.upstream.UpstreamClient;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * What outlives a configuration: connections, the states of keys and breakers, the places of calls
 * under way, how busy profiles are, remembered answers.
 */
public final class SharedResources {
    private final UpstreamClient client;
    private final SharedState store;
    private final InstantSource clock;
    private final RoutingListener listener;
    private final Map<String, KeyPool> pools = new ConcurrentHashMap<>();
    private final Map<String, Breaker> breakers = new ConcurrentHashMap<>();
    private final Map<String, Slots> slots = new ConcurrentHashMap<>();
    private final Map<String, ProfileLoad> loads = new ConcurrentHashMap<>();
    private final ResponseCache cache;

    private record Slots(int count, Semaphore semaphore) {}

    public SharedResources(
            UpstreamClient client,
            SharedState store,
            InstantSource clock,
            RoutingListener listener) {
        this(client, store, new EmbeddedCache(), clock, listener);
    }

    public SharedResources(
            UpstreamClient client,
            SharedState store,
            Cache answers,
            InstantSource clock,
            RoutingListener listener) {
        this.client = client;
        this.cache = new ResponseCache(answers, clock);
        this.store = store;
        this.clock = clock;
        this.listener = listener;
    }

    UpstreamClient client() {
        return client;
    }

    InstantSource clock() {
        return clock;
    }

    RoutingListener listener() {
        return listener;
    }

    ResponseCache cache() {
        return cache;
    }

    ProfileLoad load(String profile) {
        return loads.computeIfAbsent(profile, _ -> new ProfileLoad());
    }

    KeyPool pool(String id, KeyPoolSettings settings) {
        return pools.computeIfAbsent(
                id, name -> new KeyPool(name, settings, clock, store, listener));
    }

    Breaker breaker(String profile, Breaker.Settings settings) {
        Breaker breaker =
                breakers.computeIfAbsent(
                        profile, name -> new Breaker(name, settings, clock, listener));
        breaker.update(settings);
        return breaker;
    }

    /**
     * The same semaphore as long as the limit is the same; with another limit, calls under way no
     * longer count.
     */
    Optional<Semaphore> slots(String profile, Optional<Integer> limit) {
        return limit.map(count ->
                slots.compute(
                                profile,
                                (name, old) ->
                                        old != null && old.count == count
                                                ? old
                                                : new Slots(count, new Semaphore(count)))
                        .semaphore);
    }

    /** A profile that no configuration names any more is forgotten, its breaker too. */
    void keepOnly(Iterable<Profile> profiles) {
        Set<String> names = new HashSet<>();
        profiles.forEach(p -> names.add(p.name()));
        breakers.keySet().retainAll(names);
        slots.keySet().retainAll(names);
        loads.keySet().retainAll(names);
    }
}
