package io.magicproxy.store.redis;

import io.magicproxy.store.Counters;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Counters in Redis: each method is one run of {@code counters.lua}, by the server's own clock.
 * What a process holds is given back when it has shown no life for ten seconds.
 */
public final class RedisCounters implements Counters, AutoCloseable {
    private static final Logger LOG = System.getLogger(RedisCounters.class.getName());
    private static final LuaScript SCRIPT = new LuaScript("counters.lua");
    private static final String SERVERS_TIME = "";
    private static final Duration ALIVE = Duration.ofSeconds(3);

    private final RedisLink link;
    private final Supplier<String> now;
    private volatile String process = UUID.randomUUID().toString();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread heart;

    public RedisCounters(RedisLink link) {
        this(link, () -> SERVERS_TIME);
    }

    /**
     * @param now in milliseconds, in place of the server's time
     */
    RedisCounters(RedisLink link, Supplier<String> now) {
        this.link = link;
        this.now = now;
        this.heart = Thread.ofVirtual().name("counters-alive").start(this::live);
    }

    @Override
    public Admission admit(List<Want> wants) throws StoreException {
        List<String> arguments = new ArrayList<>();
        for (Want want : wants) {
            name(arguments, want.counter());
            arguments.add(Long.toString(want.amount()));
            arguments.add(want.limit().isPresent() ? Long.toString(want.limit().getAsLong()) : "");
        }
        List<Long> told = run("admit", arguments);
        List<Level> levels = levels(told, 3);
        return told.get(0) == 0
                ? new Admission.Granted(Instant.ofEpochMilli(told.get(1)), levels)
                : new Admission.Full(
                        (int) (told.get(0) - 1), levels, Duration.ofMillis(told.get(2)));
    }

    @Override
    public void adjust(Instant at, List<Change> changes) throws StoreException {
        List<String> arguments = new ArrayList<>();
        arguments.add(Long.toString(at.toEpochMilli()));
        for (Change change : changes) {
            name(arguments, change.counter());
            arguments.add(Long.toString(change.amount()));
        }
        run("adjust", arguments);
    }

    @Override
    public List<Level> levels(List<Counter> counters) throws StoreException {
        List<String> arguments = new ArrayList<>();
        counters.forEach(counter -> name(arguments, counter));
        return levels(run("levels", arguments), 0);
    }

    @Override
    public void forget(List<String> names) throws StoreException {
        run("forget", List.copyOf(names));
    }

    private static void name(List<String> arguments, Counter counter) {
        arguments.add(counter.name());
        arguments.add(counter.span().name());
    }

    private static List<Level> levels(List<Long> told, int from) {
        List<Level> levels = new ArrayList<>();
        for (int i = from; i < told.size(); i += 2) {
            levels.add(new Level(told.get(i), Duration.ofMillis(told.get(i + 1))));
        }
        return levels;
    }

    private List<Long> run(String what, List<String> arguments) throws StoreException {
        List<String> all = new ArrayList<>(List.of(what, process, now.get()));
        all.addAll(arguments);
        return SCRIPT.run(link, link.name("counters"), all).stream().map(Long::parseLong).toList();
    }

    private void live() {
        try {
            do {
                try {
                    run("alive", List.of());
                } catch (StoreException e) {
                    LOG.log(Logger.Level.DEBUG, "no sign of life: {0}", e.getMessage());
                }
            } while (!closed.await(ALIVE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Redis was away, and may have counted calls whose answers never came here. What was held is
     * given back, and counted under another name from now on.
     */
    void beginAnew() {
        giveBack();
        process = UUID.randomUUID().toString();
    }

    /** What this process holds is given back at once. */
    @Override
    public void close() {
        closed.countDown();
        RedisLink.joined(heart);
        giveBack();
    }

    private void giveBack() {
        try {
            run("gone", List.of());
        } catch (StoreException e) {
            LOG.log(
                    Logger.Level.DEBUG,
                    "what is held stays until it is missed: {0}",
                    e.getMessage());
        }
    }
}
