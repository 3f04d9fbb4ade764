package io.magicproxy.routing;

/**
 * Is told what happens while requests are routed: for metrics, logs and the admin's eyes. Must be
 * quick.
 */
public interface RoutingListener {
    void attemptFinished(Attempt attempt);

    /**
     * A key's state is another one.
     *
     * @param key fingerprint and last four characters
     */
    void keyChanged(String pool, String key, KeyState state);

    void breakerChanged(String profile, Breaker.State state);

    /** Hears nothing. */
    static RoutingListener none() {
        return new RoutingListener() {
            @Override
            public void attemptFinished(Attempt attempt) {}

            @Override
            public void keyChanged(String pool, String key, KeyState state) {}

            @Override
            public void breakerChanged(String profile, Breaker.State state) {}
        };
    }
}
