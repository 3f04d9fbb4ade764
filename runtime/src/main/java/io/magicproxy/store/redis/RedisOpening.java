package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.redis.JournalIndex.Known;
import io.magicproxy.store.redis.JournalIndex.Scored;
import io.magicproxy.store.redis.SessionSlot.Place;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.Opened;
import io.magicproxy.store.session.Journal.SessionRecord;
import io.magicproxy.store.session.KeptNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a run, and its session if it is new, comes into Redis: first the index is told, then the
 * session's own slot decides. Whoever finds that the index was told of a run which isn't there goes
 * on where the other one stands or has died.
 */
final class RedisOpening {
    /** Well within the time after which the index drops what never came to be. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private final SessionSlot slot;
    private final JournalIndex index;
    private final KeptBytes kept;

    RedisOpening(SessionSlot slot, JournalIndex index, KeptBytes kept) {
        this.slot = slot;
        this.index = index;
        this.kept = kept;
    }

    Opened open(NewRun run, Instant now) throws StoreException {
        long begun = System.nanoTime();
        return switch (index.opening(run, now, false)) {
            case Known.Go go -> enter(run, now, go, begun);
            case Known.Wished(Place other) -> rejoin(run, other, now);
            case Known.Elsewhere(Place place) -> {
                Optional<StoredRun> there = slot.stored(place);
                yield there.isPresent() ? same(run, there.get()) : insist(run, now, begun);
            }
            case Known.Owned _ -> {
                Optional<SessionRecord> there = slot.record(run.sessionId());
                yield there.isPresent() && !there.get().owner().equals(run.owner())
                        ? new Opened.Foreign()
                        : insist(run, now, begun);
            }
        };
    }

    private static Opened same(NewRun run, StoredRun there) {
        return there.owner().equals(run.owner())
                ? new Opened.Rejoined(there.record())
                : new Opened.Foreign();
    }

    /** What the index said otherwise isn't there. */
    private Opened insist(NewRun run, Instant now, long begun) throws StoreException {
        return switch (index.opening(run, now, true)) {
            case Known.Go go -> enter(run, now, go, begun);
            case Known.Wished(Place other) -> rejoin(run, other, now);
            case Known.Elsewhere _, Known.Owned _ ->
                    throw new IllegalStateException("the index wasn't to look at that");
        };
    }

    /** If the run isn't there yet, whoever asked first is at it, or has died. */
    private Opened rejoin(NewRun run, Place other, Instant now) throws StoreException {
        Optional<StoredRun> there = slot.stored(other);
        return there.isPresent()
                ? same(run, there.get())
                : open(
                        new NewRun(
                                other.runId(),
                                other.sessionId(),
                                run.owner(),
                                run.idempotencyKey(),
                                run.parent(),
                                run.alias(),
                                run.pattern(),
                                run.requestJson(),
                                run.at(),
                                run.trace()),
                        now);
    }

    private Opened enter(NewRun run, Instant now, Known.Go go, long begun) throws StoreException {
        List<String> names = kept.use(run.runId(), KeptNames.in(run));
        Place place = new Place(run.runId(), run.sessionId());
        List<String> told = slot.ask("open", place, arguments(run, now, go.order(), names));
        List<String> rest = told.subList(2, told.size());
        return switch (told.getFirst()) {
            case "fresh" -> {
                kept.remember(run.runId(), names);
                if (!go.isNew() || System.nanoTime() - begun > SOON.toNanos()) {
                    // Who told the index of it first may have taken that back meanwhile.
                    tellAgain(run, now);
                }
                yield new Opened.Fresh(stored(place, rest).record());
            }
            case "rejoined" -> new Opened.Rejoined(stored(place, rest).record());
            case "busy" -> {
                Instant changed = Times.instant(told.get(1));
                takeBack(run, now, go, names, changed);
                index.seenOpen(new Place(rest.getFirst(), run.sessionId()), run.owner(), changed);
                yield new Opened.Busy(rest.getFirst());
            }
            default -> {
                takeBack(run, now, go, names, Times.instant(told.get(1)));
                yield new Opened.Foreign();
            }
        };
    }

    private static StoredRun stored(Place place, List<String> hash) {
        return StoredRun.of(place.runId(), place.sessionId(), hash);
    }

    private static List<String> arguments(
            NewRun run, Instant now, String order, List<String> names) {
        List<String> fields = StoredRun.fields(run);
        List<String> all =
                new ArrayList<>(
                        List.of(
                                Times.text(now),
                                run.owner(),
                                order,
                                Times.text(run.at()),
                                run.alias(),
                                run.pattern(),
                                Integer.toString(fields.size())));
        all.addAll(fields);
        all.addAll(names);
        return all;
    }

    /** Only by the one who told the index, since others may be opening the same run. */
    private void takeBack(NewRun run, Instant now, Known.Go go, List<String> names, Instant changed)
            throws StoreException {
        index.mend(new Scored(run.sessionId(), Times.micros(now)), changed);
        if (!go.isNew()) {
            return;
        }
        index.drop(List.of(run.runId()));
        if (slot.stored(new Place(run.runId(), run.sessionId())).isPresent()) {
            tellAgain(run, now);
        } else {
            kept.disown(run.runId(), names);
        }
    }

    /** Of a run that is there: also if its wish has led to another one by now. */
    private void tellAgain(NewRun run, Instant now) throws StoreException {
        var _ = index.opening(run, now, true);
        index.seenOpen(new Place(run.runId(), run.sessionId()), run.owner(), now);
    }
}
