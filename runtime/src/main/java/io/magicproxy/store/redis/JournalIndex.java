package io.magicproxy.store.redis;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.redis.SessionSlot.Place;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.Parent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.redisson.client.codec.StringCodec;

/**
 * Finds what lives in the slots of single sessions: each method is one run of {@code
 * journal-index.lua}. It is told before something comes to be and after it has gone, so it may know
 * what isn't there, and nothing is there that it doesn't know, whenever a process dies.
 */
final class JournalIndex {
    /** How far a session's last change may be after the one that the index knows. */
    static final Duration TOUCH = Duration.ofSeconds(1);

    private static final Logger LOG = System.getLogger(JournalIndex.class.getName());
    private static final LuaScript SCRIPT = new LuaScript("journal-index.lua");
    private static final int REMEMBERED = 50_000;
    private static final String ALL = "";
    private static final String GONE = "";

    private final RedisLink link;
    private final String base;
    private final Recent<String> sessions = new Recent<>(REMEMBERED);
    private final Recent<Instant> touched = new Recent<>(REMEMBERED);

    /** Where a run is, and the number that it is in order by. */
    record Entry(String runId, String sessionId, long score) {
        Place place() {
            return new Place(runId, sessionId);
        }
    }

    /** A name with its time, in microseconds. */
    record Scored(String name, long score) {}

    /** Those that may be open, and the time of Redis. */
    record OpenRuns(long now, List<Entry> entries) {}

    /** What is known of a run that is to be opened. */
    sealed interface Known {
        /** Go on; {@code isNew} if nobody has spoken of it before. */
        record Go(boolean isNew, String order) implements Known {}

        /** The same was asked for before. */
        record Wished(Place other) implements Known {}

        /** The run is said to be in another session. */
        record Elsewhere(Place place) implements Known {}

        /** The session is said to belong to somebody else. */
        record Owned() implements Known {}
    }

    JournalIndex(RedisLink link) {
        this.link = link;
        this.base = link.name("journal");
    }

    private List<String> ask(String what, String... more) throws StoreException {
        return SCRIPT.run(link, base, Stream.concat(Stream.of(what), Arrays.stream(more)).toList());
    }

    /** The session that has the run, as far as is known. */
    Optional<Place> place(String runId) throws StoreException {
        Optional<Place> remembered = remembered(runId);
        return remembered.isPresent() ? remembered : found(runId);
    }

    Optional<Place> remembered(String runId) {
        return sessions.get(runId).map(session -> new Place(runId, session));
    }

    Optional<Place> found(String runId) throws StoreException {
        Optional<String> session =
                link.call(redis ->
                        Optional.ofNullable(
                                redis.<String, String>getMap(base + ":runs", StringCodec.INSTANCE)
                                        .get(runId)));
        session.ifPresentOrElse(s -> sessions.put(runId, s), () -> sessions.remove(runId));
        return session.map(s -> new Place(runId, s));
    }

    /**
     * Tells of a run before it comes to be.
     *
     * @param force whatever else was said of it and its session before
     */
    Known opening(NewRun run, Instant now, boolean force) throws StoreException {
        List<String> told =
                ask(
                        "opening",
                        run.runId(),
                        run.sessionId(),
                        run.owner(),
                        wish(run),
                        run.parent().map(Parent::runId).orElse(""),
                        Times.score(now),
                        force ? "force" : "");
        return switch (told.getFirst()) {
            case "wished" -> new Known.Wished(new Place(told.get(1), told.get(2)));
            case "elsewhere" -> new Known.Elsewhere(new Place(run.runId(), told.get(1)));
            case "owned" -> new Known.Owned();
            default -> {
                sessions.put(run.runId(), run.sessionId());
                touched.put(run.sessionId(), now);
                yield new Known.Go(told.getFirst().equals("new"), told.get(1));
            }
        };
    }

    /** No two pairs of owner and key give the same. */
    private static String wish(NewRun run) {
        return run.idempotencyKey()
                .map(key -> run.owner().length() + ":" + run.owner() + ":" + key)
                .orElse("");
    }

    /** A run was seen that is open. */
    void seenOpen(Place place, String owner, Instant changed) throws StoreException {
        ask("found", place.runId(), place.sessionId(), owner, Times.score(changed));
    }

    /**
     * Tells that the session is about to change: once in a while, so that who lists sessions by
     * their last change knows nearly where they stand.
     */
    void changing(String sessionId, Instant now) throws StoreException {
        Optional<Instant> last = touched.get(sessionId);
        if (last.isEmpty() || now.isBefore(last.get()) || !now.isBefore(last.get().plus(TOUCH))) {
            ask("touch", sessionId, Times.score(now));
            touched.put(sessionId, now);
        }
    }

    void reopening(Place place, Instant now) throws StoreException {
        ask("reopening", place.runId(), place.sessionId(), Times.score(now));
    }

    void reopened(String runId) {
        afterwards(() -> ask("reopened", runId));
    }

    void ended(Place place, Instant at) {
        String score = Times.score(at);
        afterwards(() -> ask("ended", place.runId(), score, place.sessionId(), score));
    }

    /** The runs are gone. */
    void drop(List<String> runIds) {
        runIds.forEach(sessions::remove);
        List<String> all = new ArrayList<>(List.of("drop"));
        all.addAll(runIds);
        afterwards(() -> SCRIPT.run(link, base, all));
    }

    /** What is told after the fact. */
    private interface Telling {
        List<String> tell() throws StoreException;
    }

    /** It is so, told or not: who comes upon it later finds it out. */
    private static void afterwards(Telling telling) {
        try {
            var _ = telling.tell();
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "the index is told later: {0}", e.getMessage());
        }
    }

    /** What was to be opened never came to be. */
    void dropOpen(Entry entry) throws StoreException {
        sessions.remove(entry.runId());
        ask("dropOpen", entry.runId(), Long.toString(entry.score()));
    }

    void forgotten(String runId) throws StoreException {
        ask("forgotten", runId);
    }

    /** When the session changed last, as far as is known. */
    Optional<Scored> session(String sessionId) throws StoreException {
        return Optional.of(ask("score", sessionId).getFirst())
                .filter(score -> !score.isEmpty())
                .map(score -> new Scored(sessionId, Times.score(score)));
    }

    /** Unless something else was said of it meanwhile. */
    void mend(Scored session, Instant changed) throws StoreException {
        ask("session", session.name(), Long.toString(session.score()), Times.score(changed));
    }

    /** Unless something else was said of it meanwhile. */
    void dropSession(Scored session) {
        touched.remove(session.name());
        afterwards(() -> ask("session", session.name(), Long.toString(session.score()), GONE));
    }

    OpenRuns openRuns() throws StoreException {
        List<String> told = ask("openRuns");
        return new OpenRuns(Long.parseLong(told.getFirst()), entries(told.subList(1, told.size())));
    }

    /** Those that ended first. */
    List<Entry> endedRuns(Instant until, int offset, int max) throws StoreException {
        return entries(
                ask(
                        "endedRuns",
                        Times.score(until),
                        Integer.toString(offset),
                        Integer.toString(max)));
    }

    private static List<Entry> entries(List<String> told) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < told.size(); i += 3) {
            entries.add(new Entry(told.get(i), told.get(i + 1), Times.score(told.get(i + 2))));
        }
        return entries;
    }

    /** Sessions that changed between these, the last one first. */
    List<Scored> latest(Optional<String> owner, String from, String to, int offset, int max)
            throws StoreException {
        return scored(
                ask(
                        "latest",
                        owner.orElse(ALL),
                        from,
                        to,
                        Integer.toString(offset),
                        Integer.toString(max)));
    }

    /** Sessions that changed first. */
    List<Scored> oldest(Instant until, int offset, int max) throws StoreException {
        return oldest("sessions", until, offset, max);
    }

    /** What was kept first. */
    List<Scored> oldestKept(Instant until, int offset, int max) throws StoreException {
        return oldest("kept", until, offset, max);
    }

    private List<Scored> oldest(String what, Instant until, int offset, int max)
            throws StoreException {
        return scored(
                ask(
                        "oldest",
                        what,
                        Times.score(until),
                        Integer.toString(offset),
                        Integer.toString(max)));
    }

    private static List<Scored> scored(List<String> told) {
        List<Scored> all = new ArrayList<>();
        for (int i = 0; i < told.size(); i += 2) {
            all.add(new Scored(told.get(i), Times.score(told.get(i + 1))));
        }
        return all;
    }

    /** Sessions that these runs may have begun. */
    List<String> children(List<String> runIds) throws StoreException {
        List<String> all = new ArrayList<>(List.of("children"));
        all.addAll(runIds);
        return SCRIPT.run(link, base, all);
    }

    /** Those that nobody has heard of. */
    List<String> unknown(List<String> runIds) throws StoreException {
        List<String> all = new ArrayList<>(List.of("known"));
        all.addAll(runIds);
        List<String> told = SCRIPT.run(link, base, all);
        List<String> unknown = new ArrayList<>();
        for (int i = 0; i < runIds.size(); i++) {
            if (told.get(i).equals("0")) {
                unknown.add(runIds.get(i));
            }
        }
        return unknown;
    }

    void keeping(String name, Instant now) throws StoreException {
        ask("keep", name, Times.score(now));
    }

    /** Unless it was kept again meanwhile. */
    void keptAt(Scored kept, Instant at) throws StoreException {
        ask("keptAt", kept.name(), Long.toString(kept.score()), Times.score(at));
    }

    /** Unless it was kept again meanwhile. */
    void dropKept(Scored kept) throws StoreException {
        ask("keptAt", kept.name(), Long.toString(kept.score()), GONE);
    }
}
