package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Doorbells;
import io.magicproxy.store.session.Journal.Following;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future.State;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.redisson.api.BatchOptions;
import org.redisson.api.RBatch;
import org.redisson.api.RFuture;
import org.redisson.api.RTopic;
import org.redisson.api.listener.MessageListener;
import org.redisson.client.codec.StringCodec;

/**
 * Rings when a channel tells of news. Channels lose what is said while a connection is away, so all
 * that is watched is looked at once a second, too, and when Redis is back: each channel has a field
 * of a hash that says the same.
 */
final class RedisDoorbells implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RedisDoorbells.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int AT_ONCE = 500;

    /** Tells of news that are no number. */
    private static final String SIGN = "!";

    private final RedisLink link;
    private final Doorbells bells = new Doorbells();
    private final ConcurrentHashMap<String, Channel> channels = new ConcurrentHashMap<>();
    private final Semaphore wake = new Semaphore(0);
    private Optional<Thread> watcher = Optional.empty();
    private volatile boolean closed;
    private volatile boolean ringAll;

    /** What to do on news. */
    interface News {
        /** Nothing has happened yet while the field has this, or isn't there. */
        String atRest();

        /** Whether the field's new value is for the watchers. */
        boolean isFor(String value);
    }

    /** The number of the last event. */
    static final News EVENTS =
            new News() {
                @Override
                public String atRest() {
                    return "0";
                }

                @Override
                public boolean isFor(String value) {
                    return true;
                }
            };

    /** Whether a run is to end. */
    static final News CANCELS =
            new News() {
                @Override
                public String atRest() {
                    return "0";
                }

                @Override
                public boolean isFor(String value) {
                    return value.equals("1");
                }
            };

    /**
     * Where something is told, and where it can be read.
     *
     * @param hash empty as long as that isn't known
     */
    record Watch(String channel, Supplier<Optional<String>> hash, String field, News news) {}

    RedisDoorbells(RedisLink link) {
        this.link = link;
        link.whenBack(this::back);
    }

    /** When this returns, nothing that is told from now on is missed. */
    Following add(Watch watch, Runnable doorbell) {
        begin();
        Channel channel =
                channels.compute(
                        watch.channel(),
                        (name, known) -> {
                            Channel one = known == null ? new Channel(watch) : known;
                            one.watchers++;
                            return one;
                        });
        Following following = bells.add(watch.channel(), doorbell);
        channel.await();
        return () -> {
            following.close();
            channels.computeIfPresent(
                    watch.channel(),
                    (name, known) -> {
                        known.watchers--;
                        if (known.watchers > 0) {
                            return known;
                        }
                        known.leave();
                        return null;
                    });
        };
    }

    private synchronized void begin() {
        if (watcher.isEmpty() && !closed) {
            watcher = Optional.of(Thread.ofVirtual().name("journal-bells").start(this::watch));
        }
    }

    private void back() {
        ringAll = true;
        wake.release();
    }

    private void watch() {
        try {
            while (!closed) {
                var _ = wake.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        List<Channel> all = new ArrayList<>(channels.values());
        try {
            if (link.isUp() && ringAll) {
                ringAll = false;
                all.stream()
                        .filter(channel -> channel.watch.news() == EVENTS)
                        .forEach(Channel::ring);
            }
            for (int from = 0; from < all.size(); from += AT_ONCE) {
                look(all.subList(from, Math.min(from + AT_ONCE, all.size())));
            }
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "looked for news in vain: {0}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "looking for news failed", e);
        }
    }

    private void look(List<Channel> some) throws StoreException {
        some.forEach(Channel::subscribe);
        Map<Channel, String> hashes = new LinkedHashMap<>();
        for (Channel channel : some) {
            channel.watch.hash().get().ifPresent(hash -> hashes.put(channel, hash));
        }
        if (!hashes.isEmpty()) {
            read(hashes);
        }
    }

    private void read(Map<Channel, String> hashes) throws StoreException {
        List<Optional<String>> values =
                link.call(redis -> {
                    RBatch batch = redis.createBatch(BatchOptions.defaults());
                    hashes.forEach((channel, hash) -> {
                        var _ =
                                batch.<String, String>getMap(hash, StringCodec.INSTANCE)
                                        .getAsync(channel.watch.field());
                    });
                    return batch.execute().getResponses().stream()
                            .<Optional<String>>map(
                                    value -> Optional.ofNullable(value).map(String::valueOf))
                            .toList();
                });
        int i = 0;
        for (Channel channel : hashes.keySet()) {
            channel.seen(values.get(i++).orElse(channel.watch.news().atRest()));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        wake.release();
        watcher.ifPresent(RedisLink::joined);
    }

    /** One that somebody listens to. */
    private final class Channel {
        private final Watch watch;
        private final MessageListener<String> listener = (channel, message) -> told(message);
        private Optional<RFuture<Integer>> subscription = Optional.empty();
        private String last;
        private boolean left;

        /** Guarded by the map. */
        private int watchers;

        Channel(Watch watch) {
            this.watch = watch;
            this.last = watch.news().atRest();
        }

        void ring() {
            bells.ring(watch.channel());
        }

        private RTopic topic() throws StoreException {
            return link.call(redis -> redis.getTopic(watch.channel(), StringCodec.INSTANCE));
        }

        /** Unless that stands, or is under way. */
        synchronized void subscribe() {
            boolean failed = subscription.filter(s -> s.state() == State.FAILED).isPresent();
            if (left || !link.isUp() || (subscription.isPresent() && !failed)) {
                return;
            }
            try {
                RFuture<Integer> begun = topic().addListenerAsync(String.class, listener);
                subscription = Optional.of(begun);
                var _ = begun.thenRun(this::stands);
            } catch (StoreException e) {
                LOG.log(Level.DEBUG, "not listening yet: {0}", e.getMessage());
            }
        }

        private synchronized void stands() {
            if (left) {
                unsubscribe();
            }
        }

        /** Until one hears, or it takes too long: then it rings once it does. */
        void await() {
            subscribe();
            Optional<RFuture<Integer>> begun;
            synchronized (this) {
                begun = subscription;
            }
            if (begun.isEmpty()) {
                return;
            }
            try {
                begun.get().get(link.timeout().toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                var _ = begun.get().thenRun(this::ring);
            } catch (ExecutionException e) {
                LOG.log(Level.DEBUG, "not listening yet: {0}", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        synchronized void leave() {
            left = true;
            if (subscription.isPresent() && subscription.get().isDone()) {
                unsubscribe();
            }
        }

        private void unsubscribe() {
            try {
                var _ = topic().removeListenerAsync(listener);
            } catch (StoreException e) {
                LOG.log(Level.DEBUG, "still listening: {0}", e.getMessage());
            }
        }

        /** On a thread of the library, which mustn't wait. */
        private void told(String message) {
            if (watch.news() == CANCELS) {
                // It may be of an earlier time, when the run was to end and was opened again.
                Thread.ofVirtual().name("journal-cancel").start(this::lookAgain);
            } else if (message.equals(SIGN)) {
                ring();
            } else {
                seen(message);
            }
        }

        private void lookAgain() {
            synchronized (this) {
                last = watch.news().atRest();
            }
            try {
                look(List.of(this));
            } catch (StoreException e) {
                LOG.log(Level.DEBUG, "looked for news in vain: {0}", e.getMessage());
            }
        }

        void seen(String value) {
            synchronized (this) {
                if (value.equals(last)) {
                    return;
                }
                last = value;
            }
            if (watch.news().isFor(value)) {
                ring();
            }
        }
    }
}
