package io.magicproxy.routing;

import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.ProviderFailure;

/** A key in use by one call. */
final class KeyLease implements AutoCloseable {
    private final KeyPool pool;
    private final PooledKey key;
    private final ApiKey secret;
    private boolean closed;

    KeyLease(KeyPool pool, PooledKey key, ApiKey secret) {
        this.pool = pool;
        this.key = key;
        this.secret = secret;
    }

    ApiKey key() {
        return secret;
    }

    void succeeded() {
        pool.succeeded(key);
    }

    void failed(ProviderFailure failure) {
        pool.failed(key, failure);
    }

    /** Gives it back, with or without a verdict. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pool.end(key);
        }
    }
}
