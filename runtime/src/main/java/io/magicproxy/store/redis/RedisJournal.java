package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.redis.JournalIndex.Entry;
import io.magicproxy.store.redis.JournalIndex.OpenRuns;
import io.magicproxy.store.redis.RedisDoorbells.Watch;
import io.magicproxy.store.redis.SessionSlot.Ordered;
import io.magicproxy.store.redis.SessionSlot.Place;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.KeptNames;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The journal in Redis, for several gateways and workers. All of a session is in one slot of a
 * cluster, and changes there in one step ({@link SessionSlot}); what is beside that only helps to
 * find it ({@link JournalIndex}), or is named by it ({@link KeptBytes}).
 */
public final class RedisJournal implements Journal, AutoCloseable {
    private static final String UNKNOWN = "unknown";

    /** The run of an entry so young may be about to come. */
    private static final long YOUNG = TimeUnit.MINUTES.toMicros(1);

    private final RedisLink link;
    private final InstantSource clock;
    private final SessionSlot slot;
    private final JournalIndex index;
    private final KeptBytes kept;
    private final RedisDoorbells bells;

    public RedisJournal(RedisLink link, InstantSource clock) {
        this.link = link;
        this.clock = clock;
        this.slot = new SessionSlot(link);
        this.index = new JournalIndex(link);
        this.kept = new KeptBytes(link, index);
        this.bells = new RedisDoorbells(link);
    }

    @Override
    public Opened open(NewRun run) throws StoreException {
        return new RedisOpening(slot, index, kept).open(run, clock.instant());
    }

    @Override
    public Optional<SessionRecord> session(String sessionId) throws StoreException {
        return slot.record(sessionId);
    }

    @Override
    public List<SessionRecord> sessions(SessionFilter filter) throws StoreException {
        return new SessionListing(slot, index, clock).sessions(filter);
    }

    @Override
    public Optional<RunRecord> run(String runId) throws StoreException {
        Optional<Place> place = index.place(runId);
        Optional<StoredRun> run = place.isPresent() ? slot.stored(place.get()) : Optional.empty();
        if (run.isEmpty() && place.isPresent()) {
            Optional<Place> other = index.found(runId).filter(p -> !p.equals(place.get()));
            run = other.isPresent() ? slot.stored(other.get()) : Optional.empty();
        }
        return run.map(StoredRun::record);
    }

    @Override
    public List<RunRecord> runs(String sessionId) throws StoreException {
        return slot.runs(sessionId);
    }

    @Override
    public List<RunRecord> openRuns() throws StoreException {
        OpenRuns listed = index.openRuns();
        List<Optional<StoredRun>> runs =
                slot.stored(listed.entries().stream().map(Entry::place).toList());
        List<RunRecord> open = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            Entry entry = listed.entries().get(i);
            Optional<RunRecord> run = runs.get(i).map(StoredRun::record);
            if (run.isEmpty()) {
                if (entry.score() < listed.now() - YOUNG) {
                    index.dropOpen(entry);
                }
            } else if (run.get().state().open()) {
                open.add(run.get());
            } else {
                index.ended(entry.place(), run.get().endedAt().orElseThrow());
            }
        }
        // Those that are opened again keep their place.
        open.sort(Comparator.comparing(RunRecord::createdAt));
        return open;
    }

    /** What came of it, and where. */
    private record Told(Place place, List<String> texts) {
        String what() {
            return texts.getFirst();
        }
    }

    /** What to ask of the run once its place is known. */
    private interface Change {
        List<String> at(Place place) throws StoreException;
    }

    /** Empty if the run isn't known. What is remembered of its place may be old. */
    private Optional<Told> at(String runId, Change change) throws StoreException {
        Optional<Place> remembered = index.remembered(runId);
        if (remembered.isPresent()) {
            List<String> told = change.at(remembered.get());
            if (!told.getFirst().equals(UNKNOWN)) {
                return Optional.of(new Told(remembered.get(), told));
            }
        }
        Optional<Place> found = index.found(runId);
        if (found.isEmpty() || found.equals(remembered)) {
            return Optional.empty();
        }
        List<String> told = change.at(found.get());
        return Optional.of(new Told(found.get(), told))
                .filter(answer -> !answer.what().equals(UNKNOWN));
    }

    @Override
    public Optional<Long> claim(String runId, String worker) throws StoreException {
        Instant now = clock.instant();
        return at(
                        runId,
                        place -> {
                            index.changing(place.sessionId(), now);
                            return slot.ask("claim", place, Times.text(now), worker);
                        })
                .filter(told -> told.what().equals("claimed"))
                .map(told -> Long.parseLong(told.texts().get(1)));
    }

    @Override
    public Appended append(String runId, long epoch, Batch batch) throws StoreException {
        Instant now = clock.instant();
        List<String> names = kept.use(runId, KeptNames.in(batch));
        List<String> arguments = AppendArguments.of(epoch, batch, names, now);
        Optional<Told> told =
                at(
                        runId,
                        place -> {
                            index.changing(place.sessionId(), now);
                            return slot.ask("append", place, arguments);
                        });
        if (told.isEmpty()) {
            return new Appended.Fenced();
        }
        return switch (told.get().what()) {
            case "done" -> {
                kept.remember(runId, names);
                if (batch.end().isPresent()) {
                    index.ended(told.get().place(), now);
                }
                yield new Appended.Done(Long.parseLong(told.get().texts().get(1)));
            }
            case "cancelled" -> new Appended.Cancelled();
            case "recorded" ->
                    throw new IllegalStateException(
                            "run "
                                    + runId
                                    + " has an entry "
                                    + told.get().texts().get(1)
                                    + " already; a call whose result is recorded isn't made"
                                    + " again");
            default -> new Appended.Fenced();
        };
    }

    @Override
    public List<EventRecord> events(String sessionId, long after, int max) throws StoreException {
        return slot.events(sessionId, after, max);
    }

    @Override
    public List<EventRecord> eventsOf(String runId) throws StoreException {
        List<EventRecord> all = new ArrayList<>();
        Optional<Place> place = index.place(runId);
        if (place.isPresent()) {
            for (List<EventRecord> page = slot.eventsOf(place.get(), 0);
                    !page.isEmpty();
                    page = slot.eventsOf(place.get(), page.getLast().seq())) {
                all.addAll(page);
            }
        }
        return all;
    }

    @Override
    public List<EntryRecord> entries(String runId) throws StoreException {
        List<EntryRecord> all = new ArrayList<>();
        Optional<Place> place = index.place(runId);
        if (place.isPresent()) {
            for (List<Ordered> page = slot.entries(place.get(), 0);
                    !page.isEmpty();
                    page = slot.entries(place.get(), page.getLast().order())) {
                page.forEach(ordered -> all.add(ordered.entry()));
            }
        }
        return all;
    }

    @Override
    public Following follow(String sessionId, Runnable doorbell) {
        return bells.add(
                new Watch(
                        slot.bell(sessionId),
                        () -> Optional.of(slot.session(sessionId)),
                        "seq",
                        RedisDoorbells.EVENTS),
                doorbell);
    }

    @Override
    public Following onCancel(String runId, Runnable doorbell) {
        return bells.add(
                new Watch(
                        slot.cancelBell(runId),
                        () -> hash(runId),
                        "cancel",
                        RedisDoorbells.CANCELS),
                doorbell);
    }

    private Optional<String> hash(String runId) {
        try {
            return index.place(runId).map(slot::run);
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean cancel(String runId, EventDraft event) throws StoreException {
        Instant now = clock.instant();
        Optional<Told> told =
                at(
                        runId,
                        place -> {
                            index.changing(place.sessionId(), now);
                            return slot.ask(
                                    "cancel",
                                    place,
                                    Times.text(now),
                                    slot.cancelBell(runId),
                                    event.type(),
                                    event.payloadJson(),
                                    event.key());
                        });
        if (told.filter(t -> t.what().equals("ended")).isPresent()) {
            index.ended(told.get().place(), now);
        }
        return told.filter(t -> !t.what().equals("no")).isPresent();
    }

    @Override
    public boolean withdraw(String runId) throws StoreException {
        Optional<Told> told = at(runId, place -> slot.ask("withdraw", place));
        if (told.filter(t -> t.what().equals("withdrawn")).isEmpty()) {
            return false;
        }
        List<String> texts = told.get().texts();
        kept.disown(runId, texts.subList(1, texts.size()));
        index.drop(List.of(runId));
        return true;
    }

    @Override
    public boolean reopen(String runId) throws StoreException {
        Instant now = clock.instant();
        Optional<Told> told =
                at(
                        runId,
                        place -> {
                            index.reopening(place, now);
                            return slot.ask("reopen", place, Times.text(now));
                        });
        if (told.filter(t -> t.what().equals("reopened")).isEmpty()) {
            return false;
        }
        index.reopened(runId);
        return true;
    }

    @Override
    public boolean delete(String sessionId) throws StoreException {
        return new SessionRemoval(slot, index, kept).delete(sessionId, Optional.empty());
    }

    @Override
    public int expire(Duration atRest) throws StoreException {
        return new SessionRemoval(slot, index, kept).expire(clock.instant().minus(atRest));
    }

    @Override
    public int forget(Duration sinceEnd, Forgetting how) throws StoreException {
        // Those that ended, and whose worker died before he could tell the index.
        var _ = openRuns();
        return new RedisForgetting(link, slot, index, kept, how)
                .forget(clock.instant().minus(sinceEnd));
    }

    @Override
    public String keep(byte[] content) throws StoreException {
        return kept.keep(content, clock.instant());
    }

    @Override
    public Optional<byte[]> kept(String hash) throws StoreException {
        return kept.kept(hash);
    }

    /** Rings no more. */
    @Override
    public void close() {
        bells.close();
    }
}
