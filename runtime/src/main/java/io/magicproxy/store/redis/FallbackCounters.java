package io.magicproxy.store.redis;

import io.magicproxy.store.Counters;
import io.magicproxy.store.StoreException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Counts in Redis; while that is away, in this process, so that each gateway grants the whole limit
 * by itself. What was spent meanwhile is told to Redis when it is back.
 */
final class FallbackCounters implements Counters {
    /** Redis counts milliseconds; a time with a nanosecond more was told by this process. */
    private static final int OURS = 1;

    private final Counters remote;
    private final Counters local;
    private final Deque<Untold> untold = new ArrayDeque<>();

    private record Untold(Instant at, List<Change> changes) {}

    FallbackCounters(Counters remote, Counters local) {
        this.remote = remote;
        this.local = local;
    }

    @Override
    public Admission admit(List<Want> wants) throws StoreException {
        try {
            return remote.admit(wants);
        } catch (StoreException e) {
            return switch (local.admit(wants)) {
                case Admission.Full full -> full;
                case Admission.Granted(Instant at, var levels) -> {
                    Instant ours = ours(at);
                    later(
                            ours,
                            wants.stream().map(w -> new Change(w.counter(), w.amount())).toList());
                    yield new Admission.Granted(ours, levels);
                }
            };
        }
    }

    @Override
    public void adjust(Instant at, List<Change> changes) throws StoreException {
        if (at.equals(ours(at))) {
            local.adjust(at, changes);
            later(at, changes);
            return;
        }
        try {
            remote.adjust(at, changes);
        } catch (StoreException e) {
            later(at, changes);
            return;
        }
        // It may have refused something while it was there: then it never comes back.
        if (isUntold()) {
            tellAll();
        }
    }

    private boolean isUntold() {
        synchronized (untold) {
            return !untold.isEmpty();
        }
    }

    private static Instant ours(Instant at) {
        return at.truncatedTo(ChronoUnit.MILLIS).plusNanos(OURS);
    }

    /** What lasts; a minute passes, and Redis forgets what was held before it was away. */
    private void later(Instant at, List<Change> changes) {
        List<Change> lasting =
                changes.stream()
                        .filter(change ->
                                switch (change.counter().span()) {
                                    case DAY, MONTH -> true;
                                    case MINUTE, HELD -> false;
                                })
                        .toList();
        if (!lasting.isEmpty()) {
            synchronized (untold) {
                untold.add(new Untold(at, lasting));
            }
        }
    }

    void tellAll() {
        List<Untold> all;
        synchronized (untold) {
            all = new ArrayList<>(untold);
            untold.clear();
        }
        for (int i = 0; i < all.size(); i++) {
            try {
                remote.adjust(all.get(i).at(), all.get(i).changes());
            } catch (StoreException e) {
                synchronized (untold) {
                    untold.addAll(all.subList(i, all.size()));
                }
                return;
            }
        }
    }

    @Override
    public List<Level> levels(List<Counter> counters) throws StoreException {
        try {
            return remote.levels(counters);
        } catch (StoreException e) {
            return local.levels(counters);
        }
    }

    @Override
    public void forget(List<String> names) throws StoreException {
        local.forget(names);
        remote.forget(names);
    }
}
