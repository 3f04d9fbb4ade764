package io.magicproxy.store.embedded;

import io.magicproxy.store.Counters;
import io.magicproxy.store.StoreException;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Counters in this process's memory. What days and months hold is written behind, twice a second: a
 * process that is killed loses less than a second of it.
 */
public final class EmbeddedCounters implements Counters, AutoCloseable {
    private static final Logger LOG = System.getLogger(EmbeddedCounters.class.getName());
    private static final String PREFIX = "counter/";
    private static final Duration WRITE = Duration.ofMillis(500);
    private static final Duration KEEP_DAY = Duration.ofDays(40);
    private static final Duration KEEP_MONTH = Duration.ofDays(400);
    private static final int MONTHS = 12;

    private final EmbeddedDatabase database;
    private final InstantSource clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread writer;

    /** Guards all that follow; never held while something is read or written. */
    private final Object lock = new Object();

    private final Map<String, CountedMinute> minutes = new HashMap<>();
    private final Map<String, Long> held = new HashMap<>();
    private final Map<Kept, Long> kept = new HashMap<>();
    private final Set<Kept> unwritten = new HashSet<>();

    /**
     * What a day or a month holds.
     *
     * @param period its number since 1970
     */
    private record Kept(String name, Span span, long period) {
        String key() {
            return PREFIX + span + "/" + period + "/" + name;
        }

        static Kept parse(String key) {
            String[] parts = key.split("/", 4);
            return new Kept(parts[3], Span.valueOf(parts[1]), Long.parseLong(parts[2]));
        }
    }

    public EmbeddedCounters(EmbeddedDatabase database, InstantSource clock) throws StoreException {
        this.database = database;
        this.clock = clock;
        Instant now = clock.instant();
        new EmbeddedSharedState(database, clock)
                .list(PREFIX)
                .forEach((key, value) -> {
                    Kept slot = Kept.parse(key);
                    if (slot.period >= period(slot.span, now) - 1) {
                        kept.put(slot, Long.parseLong(value));
                    }
                });
        this.writer = Thread.ofVirtual().name("counters").start(this::write);
    }

    @Override
    public Admission admit(List<Want> wants) {
        synchronized (lock) {
            Instant now = clock.instant();
            for (int i = 0; i < wants.size(); i++) {
                if (!fits(wants.get(i), now)) {
                    return new Admission.Full(i, levelsOf(wants, now), wait(wants.get(i), now));
                }
            }
            for (Want want : wants) {
                add(want.counter(), now, now, want.amount());
            }
            return new Admission.Granted(now, levelsOf(wants, now));
        }
    }

    private boolean fits(Want want, Instant now) {
        if (want.limit().isEmpty()) {
            return true;
        }
        long used = used(want.counter(), now);
        long limit = want.limit().getAsLong();
        return switch (want.counter().span()) {
            case MINUTE, HELD -> used + want.amount() <= limit;
            case DAY, MONTH -> used < limit;
        };
    }

    private long used(Counter counter, Instant at) {
        return switch (counter.span()) {
            case MINUTE -> {
                CountedMinute minute = minutes.get(counter.name());
                yield minute == null ? 0 : minute.sum(at);
            }
            case HELD -> held.getOrDefault(counter.name(), 0L);
            case DAY, MONTH -> kept.getOrDefault(slot(counter, at), 0L);
        };
    }

    private Duration wait(Want want, Instant now) {
        return switch (want.counter().span()) {
            case MINUTE -> {
                CountedMinute minute = minutes.get(want.counter().name());
                long tooMuch =
                        used(want.counter(), now)
                                + want.amount()
                                - want.limit().orElse(Long.MAX_VALUE);
                yield minute == null ? Duration.ZERO : minute.until(now, tooMuch);
            }
            case HELD -> Duration.ZERO;
            case DAY, MONTH -> Duration.between(now, end(want.counter().span(), now));
        };
    }

    private List<Counters.Level> levelsOf(List<Want> wants, Instant now) {
        List<Counters.Level> levels = new ArrayList<>(wants.size());
        for (Want want : wants) {
            levels.add(level(want.counter(), now));
        }
        return levels;
    }

    private Counters.Level level(Counter counter, Instant now) {
        Duration easier =
                switch (counter.span()) {
                    case MINUTE -> {
                        CountedMinute minute = minutes.get(counter.name());
                        yield minute == null ? Duration.ZERO : minute.until(now, 1);
                    }
                    case HELD -> Duration.ZERO;
                    case DAY, MONTH -> Duration.between(now, end(counter.span(), now));
                };
        return new Counters.Level(used(counter, now), easier);
    }

    @Override
    public void adjust(Instant at, List<Change> changes) {
        synchronized (lock) {
            Instant now = clock.instant();
            for (Change change : changes) {
                add(change.counter(), now, at, change.amount());
            }
        }
    }

    private void add(Counter counter, Instant now, Instant at, long amount) {
        if (amount == 0) {
            return;
        }
        switch (counter.span()) {
            case MINUTE -> {
                CountedMinute minute =
                        minutes.computeIfAbsent(counter.name(), _ -> new CountedMinute());
                if (amount > 0) {
                    minute.add(now, amount);
                } else {
                    minute.giveBack(now, at, -amount);
                }
            }
            case HELD -> {
                long sum = held.getOrDefault(counter.name(), 0L) + amount;
                if (sum > 0) {
                    held.put(counter.name(), sum);
                } else {
                    held.remove(counter.name());
                }
            }
            case DAY, MONTH -> {
                Kept slot = slot(counter, at);
                kept.put(slot, Math.max(0, kept.getOrDefault(slot, 0L) + amount));
                unwritten.add(slot);
            }
        }
    }

    @Override
    public List<Counters.Level> levels(List<Counter> counters) {
        synchronized (lock) {
            Instant now = clock.instant();
            return counters.stream().map(counter -> level(counter, now)).toList();
        }
    }

    @Override
    public void forget(List<String> names) throws StoreException {
        Set<String> gone = Set.copyOf(names);
        List<String> keys;
        synchronized (lock) {
            minutes.keySet().removeAll(gone);
            held.keySet().removeAll(gone);
            keys =
                    kept.keySet().stream()
                            .filter(k -> gone.contains(k.name))
                            .map(Kept::key)
                            .toList();
            kept.keySet().removeIf(k -> gone.contains(k.name));
            unwritten.removeIf(k -> gone.contains(k.name));
        }
        var _ =
                database.with(connection -> {
                    int removed = 0;
                    for (String key : keys) {
                        removed += Sql.update(connection, "DELETE FROM state WHERE name = ?", key);
                    }
                    return removed;
                });
    }

    private static Kept slot(Counter counter, Instant at) {
        return new Kept(counter.name(), counter.span(), period(counter.span(), at));
    }

    private static long period(Span span, Instant at) {
        long day = Math.floorDiv(at.getEpochSecond(), Duration.ofDays(1).toSeconds());
        if (span == Span.DAY) {
            return day;
        }
        LocalDate date = LocalDate.ofEpochDay(day);
        return (date.getYear() - 1970L) * MONTHS + date.getMonthValue() - 1;
    }

    private static Instant end(Span span, Instant now) {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        LocalDate next =
                span == Span.DAY ? today.plusDays(1) : today.withDayOfMonth(1).plusMonths(1);
        return next.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private void write() {
        try {
            while (!closed.await(WRITE.toMillis(), TimeUnit.MILLISECONDS)) {
                writeNow();
                forgetOld();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeNow() {
        Map<Kept, Long> batch = new HashMap<>();
        synchronized (lock) {
            unwritten.forEach(slot -> batch.put(slot, kept.getOrDefault(slot, 0L)));
            unwritten.clear();
        }
        if (batch.isEmpty()) {
            return;
        }
        try {
            long now = clock.millis();
            var _ =
                    database.with(connection -> {
                        int written = 0;
                        for (var entry : batch.entrySet()) {
                            written +=
                                    Sql.update(
                                            connection,
                                            "INSERT OR REPLACE INTO state (name, value, forget_at) VALUES (?, ?, ?)",
                                            entry.getKey().key(),
                                            Long.toString(entry.getValue()),
                                            now + keep(entry.getKey().span).toMillis());
                        }
                        return written;
                    });
        } catch (StoreException e) {
            LOG.log(Logger.Level.WARNING, "what was spent can''t be written: {0}", e.getMessage());
            synchronized (lock) {
                unwritten.addAll(batch.keySet());
            }
        }
    }

    private static Duration keep(Span span) {
        return span == Span.DAY ? KEEP_DAY : KEEP_MONTH;
    }

    /** Memory is for what still counts; corrections may come for the period before. */
    private void forgetOld() {
        synchronized (lock) {
            Instant now = clock.instant();
            minutes.values().removeIf(minute -> minute.isEmpty(now));
            kept.keySet().removeIf(slot -> slot.period < period(slot.span, now) - 1);
        }
    }

    /** Writes what is left. */
    @Override
    public void close() {
        closed.countDown();
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writeNow();
    }
}
