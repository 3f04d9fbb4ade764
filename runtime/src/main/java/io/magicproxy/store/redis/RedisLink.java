package io.magicproxy.store.redis;

import io.magicproxy.config.SecretRef;
import io.magicproxy.store.RedisConfig;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.redisson.Redisson;
import org.redisson.api.RFuture;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisNode;
import org.redisson.api.redisnode.RedisNodes;
import org.redisson.client.RedisException;
import org.redisson.client.RedisOutOfMemoryException;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.BaseConfig;
import org.redisson.config.Config;
import org.redisson.config.ReadMode;

/**
 * The connection to Redis. A call that fails tells that it is away; until it is back, which is
 * looked for twice a second, calls fail at once.
 */
public final class RedisLink implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RedisLink.class.getName());
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int THREADS = 2;

    /** After what happened, the library tells what it had sent. */
    private static final Pattern DETAILS =
            Pattern.compile("\\.? channel: | Check connection with |,? command: \\(");

    /** Connections to each server that stay when nobody asks; there may be 64. */
    private static final int IDLE = 8;

    /** Each watched session is a subscription. */
    private static final int SUBSCRIPTIONS = 5_000;

    /** What a server must be told to keep what it holds. */
    private static final Map<String, String> WANTED =
            Map.of("appendonly", "yes", "maxmemory-policy", "noeviction");

    private final RedissonClient client;
    private final RedisConfig config;
    private final List<Runnable> whenBack = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread watcher;
    private volatile boolean up = true;

    private RedisLink(RedissonClient client, RedisConfig config) {
        this.client = client;
        this.config = config;
        this.watcher = Thread.ofVirtual().name("redis-watch").start(this::watch);
    }

    /**
     * Connects. If Redis is away, it is looked for from now on.
     *
     * @throws StoreException if it is there and may lose what it holds
     */
    public static RedisLink open(RedisConfig config) throws StoreException {
        RedisLink link = new RedisLink(Redisson.create(settings(config)), config);
        try {
            link.check();
        } catch (StoreException e) {
            if (link.up) {
                link.close();
                throw e;
            }
            LOG.log(
                    Level.WARNING,
                    "Redis is away; until it is back this gateway goes on with its own state: {0}",
                    e.getMessage());
        }
        return link;
    }

    /** Replicas aren't asked: what they know may be a moment old, and fencing can't bear that. */
    private static Config settings(RedisConfig config) {
        Config all = new Config();
        all.setLazyInitialization(true);
        all.setUseScriptCache(true);
        all.setThreads(THREADS);
        all.setNettyThreads(THREADS);
        config.username().ifPresent(all::setUsername);
        config.password().flatMap(SecretRef::value).ifPresent(all::setPassword);
        String[] urls = config.urls().toArray(String[]::new);
        BaseConfig<?> servers =
                switch (config.mode()) {
                    case SINGLE ->
                            all.useSingleServer()
                                    .setConnectionMinimumIdleSize(IDLE)
                                    .setAddress(config.urls().getFirst());
                    case SENTINEL ->
                            all.useSentinelServers()
                                    // One sentinel alone knows no others.
                                    .setCheckSentinelsList(false)
                                    .setMasterName(config.masterName())
                                    .setReadMode(ReadMode.MASTER)
                                    .setMasterConnectionMinimumIdleSize(IDLE)
                                    .addSentinelAddress(urls);
                    case CLUSTER ->
                            all.useClusterServers()
                                    .setReadMode(ReadMode.MASTER)
                                    .setMasterConnectionMinimumIdleSize(IDLE)
                                    .addNodeAddress(urls);
                };
        servers.setTimeout((int) config.timeout().toMillis())
                .setConnectTimeout((int) config.timeout().toMillis())
                .setRetryAttempts(0)
                .setSubscriptionTimeout((int) config.timeout().toMillis())
                .setSubscriptionsPerConnection(SUBSCRIPTIONS)
                .setClientName("magic-proxy");
        return all;
    }

    private void check() throws StoreException {
        for (RedisNode master : call(this::masters)) {
            for (Map.Entry<String, String> wanted : WANTED.entrySet()) {
                check(master, wanted.getKey(), wanted.getValue());
            }
        }
    }

    private Collection<? extends RedisNode> masters(RedissonClient redis) {
        return switch (config.mode()) {
            case SINGLE -> List.of(redis.getRedisNodes(RedisNodes.SINGLE).getInstance());
            case SENTINEL ->
                    List.of(redis.getRedisNodes(RedisNodes.SENTINEL_MASTER_SLAVE).getMaster());
            case CLUSTER -> redis.getRedisNodes(RedisNodes.CLUSTER).getMasters();
        };
    }

    private void check(RedisNode master, String setting, String wanted) throws StoreException {
        Optional<String> found = setting(master, setting);
        if (found.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "Redis doesn''t tell its {0}; it must be {1}, or what it holds may be lost",
                    setting,
                    wanted);
        } else if (!found.get().equals(wanted) && !config.allowVolatile()) {
            throw new StoreException(
                    "Redis has "
                            + setting
                            + " "
                            + found.get()
                            + " and may lose what it holds; set it to "
                            + wanted
                            + ", or backend_settings.redis.allow_volatile to true");
        }
    }

    /** A server that somebody else runs may not tell. */
    private static Optional<String> setting(RedisNode master, String setting) {
        try {
            return Optional.ofNullable(master.getConfig(setting).get(setting));
        } catch (RedisException e) {
            return Optional.empty();
        }
    }

    /** Asks Redis. */
    <T> T call(Function<RedissonClient, T> ask) throws StoreException {
        if (!up) {
            throw away("it was away a moment ago");
        }
        try {
            return ask.apply(client);
        } catch (RedisException e) {
            if (e.getCause() instanceof InterruptedException) {
                throw new StoreException("a call of Redis was interrupted", e);
            }
            if (!isAway(e)) {
                throw new StoreException(
                        "Redis at " + String.join(", ", config.urls()) + " refuses: " + why(e), e);
            }
            if (up) {
                up = false;
                LOG.log(
                        Level.WARNING,
                        "Redis is away; until it is back this gateway goes on with its own state: {0}",
                        why(e));
            }
            throw away(why(e));
        }
    }

    /** What it refuses, it was there to refuse. */
    private static boolean isAway(RedisException e) {
        boolean refused = e.getClass() == RedisException.class && e.getCause() == null;
        return !refused && !(e instanceof RedisOutOfMemoryException);
    }

    /** Waits for all of them. */
    static <T> List<T> all(List<RFuture<T>> asked) {
        List<T> answers = new ArrayList<>();
        for (RFuture<T> one : asked) {
            try {
                answers.add(one.get());
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RedisException why ? why : new RedisException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RedisException(e);
            }
        }
        return answers;
    }

    /** How long an answer may take. */
    Duration timeout() {
        return config.timeout();
    }

    /** The first cause says more than the library's own words. */
    private static String why(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return DETAILS.split(String.valueOf(cause.getMessage()), 2)[0];
    }

    private StoreException away(String why) {
        return new StoreException(
                "Redis at " + String.join(", ", config.urls()) + " can't be reached (" + why + ")");
    }

    /** Is run each time when Redis is back; must be quick, or fail. */
    void whenBack(Runnable task) {
        whenBack.add(task);
    }

    public boolean isUp() {
        return up;
    }

    /** With the prefix, in one slot of a cluster with all of that part. */
    String name(String part) {
        return "{" + config.keyPrefix() + ":" + part + "}";
    }

    private void watch() {
        try {
            while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                if (!up && answers()) {
                    up = true;
                    LOG.log(Level.INFO, "Redis is back");
                    whenBack.forEach(Runnable::run);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean answers() {
        try {
            client.getBucket(name("ping"), StringCodec.INSTANCE).isExists();
            return true;
        } catch (RedisException e) {
            return false;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        joined(watcher);
        client.shutdown(0, 1, TimeUnit.SECONDS);
    }

    /** Ends by itself, and soon. */
    static void joined(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
