package io.magicproxy.routing;

import io.magicproxy.provider.ApiKey;
import io.magicproxy.provider.ProviderFailure;

/** A key in use by one call. */
final class KeyLease implements AutoCloseable {
    private final KeyPool pool;
    private final PooledKey key;
    private final ApiKey secret;
    private final long number;
    private boolean closed;

    KeyLease(KeyPool pool, PooledKey key, ApiKey secret, long number) {
        this.pool = pool;
        this.key = key;
        this.secret = secret;
        this.number = number;
    }

    ApiKey key() {
        return secret;
    }

    void succeeded() {
        pool.succeeded(key, number);
    }

    void failed(ProviderFailure failure) {
        pool.failed(key, failure);
    }

    /** Gives it back, with or without a verdict. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pool.end(key, number);
        }
    }
}
