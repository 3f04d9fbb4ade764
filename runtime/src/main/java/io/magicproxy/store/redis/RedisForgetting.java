package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.redis.JournalIndex.Entry;
import io.magicproxy.store.redis.SessionSlot.Ordered;
import io.magicproxy.store.redis.SessionSlot.Place;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.Forgetting;
import io.magicproxy.store.session.Journal.Parent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.redisson.client.codec.StringCodec;

/**
 * Rewrites what runs have stored, page by page, into streams that take the old ones' place in one
 * step at the end. Of several who are at it each run is rewritten by one; one who died is followed
 * by another, who begins anew.
 */
final class RedisForgetting {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int PAGE = 200;
    private static final String EVENT_TEXTS = "9";
    private static final String ENTRY_TEXTS = "17";

    private final RedisLink link;
    private final SessionSlot slot;
    private final JournalIndex index;
    private final KeptBytes kept;
    private final Forgetting how;
    private final String self = UUID.randomUUID().toString();

    RedisForgetting(
            RedisLink link, SessionSlot slot, JournalIndex index, KeptBytes kept, Forgetting how) {
        this.link = link;
        this.slot = slot;
        this.index = index;
        this.kept = kept;
        this.how = how;
    }

    /** Returns how many runs that had ended by then were rewritten. */
    int forget(Instant endedBy) throws StoreException {
        int count = 0;
        // Nested runs may be rewritten once those are that began them.
        for (int more = pass(endedBy); more > 0; more = pass(endedBy)) {
            count += more;
        }
        return count;
    }

    private int pass(Instant endedBy) throws StoreException {
        int count = 0;
        int stay = 0;
        for (List<Entry> page = index.endedRuns(endedBy, stay, PAGE);
                !page.isEmpty();
                page = index.endedRuns(endedBy, stay, PAGE)) {
            List<Optional<StoredRun>> runs = slot.stored(page.stream().map(Entry::place).toList());
            for (int i = 0; i < page.size(); i++) {
                Place place = page.get(i).place();
                if (runs.get(i).isEmpty()) {
                    index.drop(List.of(place.runId()));
                } else if (!isDue(runs.get(i).get(), endedBy)) {
                    stay++;
                } else {
                    switch (rewritten(place)) {
                        case REWRITTEN -> count++;
                        case GONE -> {}
                        case STAYS -> stay++;
                    }
                }
            }
        }
        return count;
    }

    private enum Outcome {
        REWRITTEN,
        GONE,
        STAYS
    }

    private boolean isDue(StoredRun run, Instant endedBy) throws StoreException {
        if (run.endedAt().isEmpty() || run.endedAt().get().isAfter(endedBy)) {
            return false;
        }
        Optional<Place> parent =
                run.parent().isPresent() ? index.place(parentId(run)) : Optional.empty();
        return parent.isEmpty()
                || slot.stored(parent.get()).map(StoredRun::isForgotten).orElse(true);
    }

    private static String parentId(StoredRun run) {
        return run.parent().map(Parent::runId).orElseThrow();
    }

    private Outcome rewritten(Place place) throws StoreException {
        List<String> told = slot.ask("forget", place, self, Long.toString(PATIENCE.toMillis()));
        return switch (told.getFirst()) {
            case "begun" -> {
                events(place);
                entries(place);
                String request = how.request(told.get(1));
                String result = how.result(told.get(2));
                List<String> end = slot.ask("forgotten", place, self, request, result);
                if (!end.getFirst().equals("forgotten")) {
                    yield Outcome.STAYS;
                }
                leave(place);
                yield Outcome.REWRITTEN;
            }
            case "done" -> {
                leave(place);
                yield Outcome.GONE;
            }
            default -> Outcome.STAYS;
        };
    }

    private void leave(Place place) throws StoreException {
        String names = slot.session(place.sessionId()) + ":names:" + place.runId();
        List<String> all =
                link.call(redis ->
                        List.copyOf(redis.<String>getSet(names, StringCodec.INSTANCE).readAll()));
        kept.leave(Map.of(place.runId(), all));
        link.call(redis -> redis.getKeys().delete(names));
        index.forgotten(place.runId());
    }

    private void events(Place place) throws StoreException {
        long after = 0;
        for (List<EventRecord> page = slot.eventsOf(place, after);
                !page.isEmpty();
                page = slot.eventsOf(place, after)) {
            List<String> more = new ArrayList<>(List.of(self, "events", EVENT_TEXTS));
            for (EventRecord event : page) {
                String payload = how.event(event.type(), event.payloadJson());
                more.addAll(List.of(Long.toString(event.seq()), "t", event.type(), "p", payload));
                more.addAll(List.of("k", event.key(), "a", Times.text(event.at())));
            }
            slot.ask("rewrite", place, more);
            after = page.getLast().seq();
        }
    }

    private void entries(Place place) throws StoreException {
        long after = 0;
        for (List<Ordered> page = slot.entries(place, after);
                !page.isEmpty();
                page = slot.entries(place, after)) {
            List<String> more = new ArrayList<>(List.of(self, "entries", ENTRY_TEXTS));
            for (Ordered ordered : page) {
                EntryRecord entry = ordered.entry();
                more.addAll(List.of(Long.toString(ordered.order()), "path", entry.path()));
                more.addAll(List.of("kind", entry.kind(), "target", entry.target()));
                more.addAll(List.of("hash", entry.hash(), "step", Integer.toString(entry.step())));
                more.addAll(List.of("failed", Boolean.toString(entry.failed())));
                more.addAll(List.of("result", how.entry(entry.resultJson())));
                more.addAll(List.of("at", Times.text(entry.at())));
            }
            slot.ask("rewrite", place, more);
            after = page.getLast().order();
        }
    }
}
