package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.Journal.SessionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.redisson.api.BatchOptions;
import org.redisson.api.RBatch;
import org.redisson.client.codec.StringCodec;

/** What is asked of one session's slot: each is one run of {@code journal.lua}, or one look. */
final class SessionSlot {
    private static final LuaScript SCRIPT = new LuaScript("journal.lua");
    private static final String NO_RUN = "";

    /** An answer must come in time, and a run may have a long request. */
    private static final int AT_ONCE = 50;

    private static final int EVENT = 11;
    private static final int ENTRY = 17;

    private final RedisLink link;

    /** Where a run is. */
    record Place(String runId, String sessionId) {}

    /** A session, and the number that tells which of equal times came later. */
    record Listed(SessionRecord session, long order) {}

    SessionSlot(RedisLink link) {
        this.link = link;
    }

    String session(String sessionId) {
        return link.name("s:" + sessionId);
    }

    String run(Place place) {
        return session(place.sessionId()) + ":run:" + place.runId();
    }

    /** Told of each new event's number, and of other news by a sign. */
    String bell(String sessionId) {
        return session(sessionId) + ":bell";
    }

    /** Told that a run is to end. */
    String cancelBell(String runId) {
        return link.name("c:" + runId);
    }

    /** Changes a run, or asks of it. The first text of the answer tells what came of it. */
    List<String> ask(String what, Place place, List<String> more) throws StoreException {
        List<String> arguments = new ArrayList<>(List.of(what, place.runId()));
        arguments.addAll(more);
        return SCRIPT.run(link, session(place.sessionId()), arguments);
    }

    List<String> ask(String what, Place place, String... more) throws StoreException {
        return ask(what, place, List.of(more));
    }

    /** Asks of the session itself. */
    List<String> ask(String what, String sessionId, String... more) throws StoreException {
        return ask(what, new Place(NO_RUN, sessionId), more);
    }

    Optional<StoredRun> stored(Place place) throws StoreException {
        return stored(List.of(place)).getFirst();
    }

    /** In the same order. */
    List<Optional<StoredRun>> stored(List<Place> places) throws StoreException {
        List<Map<String, String>> all = hashes(places.stream().map(this::run).toList());
        List<Optional<StoredRun>> found = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            found.add(
                    Optional.of(all.get(i))
                            .filter(fields -> !fields.isEmpty())
                            .map(fields ->
                                    new StoredRun(place.runId(), place.sessionId(), fields)));
        }
        return found;
    }

    List<RunRecord> runs(String sessionId) throws StoreException {
        List<RunRecord> runs = new ArrayList<>();
        for (List<String> told = ask("runs", sessionId, "0");
                !told.isEmpty();
                told = ask("runs", sessionId, Integer.toString(runs.size()))) {
            for (int i = 0; i < told.size(); ) {
                int fields = Integer.parseInt(told.get(i + 1));
                List<String> hash = told.subList(i + 2, i + 2 + fields);
                runs.add(StoredRun.of(told.get(i), sessionId, hash).record());
                i += 2 + fields;
            }
        }
        return runs;
    }

    Optional<SessionRecord> record(String sessionId) throws StoreException {
        return listed(List.of(sessionId)).getFirst().map(Listed::session);
    }

    /** In the same order. */
    List<Optional<Listed>> listed(List<String> sessionIds) throws StoreException {
        List<Map<String, String>> all = hashes(sessionIds.stream().map(this::session).toList());
        List<Optional<Listed>> found = new ArrayList<>();
        for (int i = 0; i < sessionIds.size(); i++) {
            String id = sessionIds.get(i);
            found.add(
                    Optional.of(all.get(i))
                            .filter(fields -> !fields.isEmpty())
                            .map(fields -> listed(id, fields)));
        }
        return found;
    }

    private static Listed listed(String sessionId, Map<String, String> fields) {
        return new Listed(
                new SessionRecord(
                        sessionId,
                        fields.getOrDefault("owner", ""),
                        fields.getOrDefault("alias", ""),
                        fields.getOrDefault("pattern", ""),
                        RunState.valueOf(fields.getOrDefault("state", "")),
                        Integer.parseInt(fields.getOrDefault("runs", "")),
                        Long.parseLong(fields.getOrDefault("seq", "")),
                        Times.instant(fields.getOrDefault("created", "")),
                        Times.instant(fields.getOrDefault("changed", ""))),
                Long.parseLong(fields.getOrDefault("order", "")));
    }

    private List<Map<String, String>> hashes(List<String> names) throws StoreException {
        List<Map<String, String>> all = new ArrayList<>();
        for (int from = 0; from < names.size(); from += AT_ONCE) {
            List<String> some = names.subList(from, Math.min(from + AT_ONCE, names.size()));
            all.addAll(
                    link.call(redis -> {
                        RBatch batch = redis.createBatch(BatchOptions.defaults());
                        for (String name : some) {
                            var _ =
                                    batch.<String, String>getMap(name, StringCodec.INSTANCE)
                                            .readAllMapAsync();
                        }
                        return batch.execute().getResponses().stream()
                                .map(SessionSlot::texts)
                                .toList();
                    }));
        }
        return all;
    }

    @SuppressWarnings("unchecked") // what the codec makes of them
    private static Map<String, String> texts(Object hash) {
        return (Map<String, String>) hash;
    }

    List<EventRecord> events(String sessionId, long after, int max) throws StoreException {
        return events(ask("events", sessionId, Long.toString(after), Integer.toString(max)));
    }

    /** A page of them. */
    List<EventRecord> eventsOf(Place place, long after) throws StoreException {
        return events(ask("eventsOf", place, Long.toString(after + 1)));
    }

    private static List<EventRecord> events(List<String> told) {
        List<EventRecord> events = new ArrayList<>();
        for (int i = 0; i < told.size(); i += EVENT) {
            events.add(
                    new EventRecord(
                            Long.parseLong(told.get(i)),
                            told.get(i + 1),
                            Integer.parseInt(told.get(i + 2)),
                            told.get(i + 4),
                            told.get(i + 6),
                            told.get(i + 8),
                            Times.instant(told.get(i + 10))));
        }
        return events;
    }

    /** An entry, and the number that tells the order. */
    record Ordered(long order, EntryRecord entry) {}

    /** A page of them. */
    List<Ordered> entries(Place place, long after) throws StoreException {
        List<String> told = ask("entries", place, Long.toString(after + 1));
        List<Ordered> entries = new ArrayList<>();
        for (int i = 0; i < told.size(); i += ENTRY) {
            entries.add(
                    new Ordered(
                            Long.parseLong(told.get(i)),
                            new EntryRecord(
                                    told.get(i + 2),
                                    told.get(i + 4),
                                    told.get(i + 6),
                                    told.get(i + 8),
                                    Integer.parseInt(told.get(i + 10)),
                                    Boolean.parseBoolean(told.get(i + 12)),
                                    told.get(i + 14),
                                    Times.instant(told.get(i + 16)))));
        }
        return entries;
    }
}
