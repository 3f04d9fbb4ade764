package io.magicproxy.routing;

import io.magicproxy.cache.CacheUse;
import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.ProviderFailure;
import java.util.Optional;

/**
 * Is told what happens while requests are routed: for metrics, logs and the admin's eyes. Must be
 * quick.
 */
public interface RoutingListener {
    void attemptFinished(Attempt attempt);

    /**
     * An upstream is about to be called; the result hears how that goes.
     *
     * @param route the alias or profile that was asked for
     * @param number from 1, along the route
     */
    default CallWatch calling(String route, Profile profile, Optional<ApiKey> key, int number) {
        return CallWatch.NONE;
    }

    /** A profile is not asked now: it rests, or has no place or key to spare. */
    default void passedOver(String profile) {}

    /**
     * A key's state is another one.
     *
     * @param key fingerprint and last four characters
     */
    void keyChanged(String pool, String key, KeyState state);

    /**
     * A key was tried by a synthetic call.
     *
     * @param key fingerprint and last four characters
     * @param failure absent if all is well
     */
    void keyProbed(String pool, String key, Optional<ProviderFailure> failure);

    void breakerChanged(String profile, Breaker.State state);

    /** A profile whose answers are remembered has given one. */
    default void cacheUsed(String profile, CacheUse use) {}

    /** Hears nothing. */
    static RoutingListener none() {
        return new RoutingListener() {
            @Override
            public void attemptFinished(Attempt attempt) {}

            @Override
            public void keyChanged(String pool, String key, KeyState state) {}

            @Override
            public void keyProbed(String pool, String key, Optional<ProviderFailure> failure) {}

            @Override
            public void breakerChanged(String profile, Breaker.State state) {}
        };
    }
}
