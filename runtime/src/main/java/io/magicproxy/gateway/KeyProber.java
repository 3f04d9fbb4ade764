package io.magicproxy.gateway;

import io.magicproxy.provider.CallCancelledException;
import io.magicproxy.routing.KeyPool;
import io.magicproxy.routing.KeyProbes;
import io.magicproxy.routing.Profile;
import io.magicproxy.upstream.Cancellation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tries keys that are out of work, every {@code probe_every}, as long as the configuration that
 * serves names such a time. Pools are tried side by side, so that one that hangs holds up no other.
 */
public final class KeyProber implements AutoCloseable {
    private static final Logger LOG = System.getLogger(KeyProber.class.getName());

    private final Gateway gateway;
    private final Cancellation closing = new Cancellation();
    private final Semaphore configurationRead = new Semaphore(0);
    private final Thread thread;

    /** Starts it. */
    public KeyProber(Gateway gateway) {
        this.gateway = gateway;
        gateway.onRead(_ -> configurationRead.release());
        this.thread = Thread.ofVirtual().name("key-prober").start(this::run);
    }

    /** Returns when no call is under way any more. */
    @Override
    public void close() {
        closing.cancel(Cancellation.Reason.SHUTDOWN);
        configurationRead.release();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long last = System.nanoTime();
        try {
            while (closing.reason().isEmpty()) {
                if (isTime(last)) {
                    round();
                    last = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            LOG.log(Level.WARNING, "keys are not tried any more", e);
        }
    }

    /** Waits; false if the configuration has been read meanwhile, so that the wait is another. */
    private boolean isTime(long last) throws InterruptedException {
        Optional<Duration> every = gateway.current().config().keyManagementSettings().probeEvery();
        if (every.isEmpty()) {
            configurationRead.acquire();
            return false;
        }
        long left = last + every.get().toNanos() - System.nanoTime();
        return !configurationRead.tryAcquire(left, TimeUnit.NANOSECONDS);
    }

    private void round() {
        try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
            firstProfiles().forEach((pool, profile) -> calls.execute(() -> probe(pool, profile)));
        }
    }

    private void probe(KeyPool pool, Profile profile) {
        try {
            KeyProbes.of(pool, profile, closing);
        } catch (CallCancelledException e) {
            LOG.log(Level.DEBUG, "the keys of pool {0} were not all tried", pool.id());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the keys of pool " + pool.id() + " could not be tried", e);
        }
    }

    /** Each pool with the first profile that uses it. */
    private Map<KeyPool, Profile> firstProfiles() {
        Map<KeyPool, Profile> found = new LinkedHashMap<>();
        for (Profile profile : gateway.current().profiles()) {
            profile.pool().ifPresent(pool -> found.putIfAbsent(pool, profile));
        }
        return found;
    }
}
