package io.magicproxy.server.boot;

import io.magicproxy.gateway.Gateway;
import io.magicproxy.quota.VirtualKeys;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.routing.Profile;
import io.magicproxy.routing.SharedBreakers;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.redis.RedisStores;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks again and again at what other gateways have written into the state that they share: twice a
 * second at the breakers, and every second at keys.
 */
final class SharedNews implements AutoCloseable {
    private static final Logger LOG = System.getLogger(SharedNews.class.getName());
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final int LOOKS_TO_KEYS = 2;

    private final RedisStores stores;
    private final Gateway gateway;
    private final VirtualKeys keys;
    private final SharedBreakers breakers;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread reader;

    SharedNews(RedisStores stores, Gateway gateway, VirtualKeys keys) {
        this.stores = stores;
        this.gateway = gateway;
        this.keys = keys;
        this.breakers = new SharedBreakers(stores.state(), stores::isUp);
        this.reader = Thread.ofVirtual().name("shared-news").start(this::read);
    }

    private void read() {
        int looks = 0;
        try {
            while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                // While it is away, each knows only of its own.
                if (stores.isUp()) {
                    lookAtBreakers();
                    if (++looks % LOOKS_TO_KEYS == 0) {
                        look();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAtBreakers() {
        try {
            breakers.exchange(gateway.current().profiles().stream().map(Profile::breaker).toList());
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "breakers can't be shared: {0}", e.getMessage());
        }
    }

    private void look() {
        gateway.current().pools().forEach(KeyPool::refresh);
        try {
            keys.refresh();
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "virtual keys can't be read: {0}", e.getMessage());
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
