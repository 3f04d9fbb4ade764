package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Doorbells;
import io.magicproxy.store.session.Journal;
import io.magicproxy.store.session.KeptNames;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The journal in the embedded database. */
public final class EmbeddedJournal implements Journal {
    private final EmbeddedDatabase database;
    private final InstantSource clock;
    private final Doorbells watchers = new Doorbells();
    private final Doorbells cancels = new Doorbells();

    public EmbeddedJournal(EmbeddedDatabase database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public Opened open(NewRun run) throws StoreException {
        Set<String> blobs = KeptNames.in(run);
        return database.with(c -> RunOpening.open(c, run, blobs, clock.instant()));
    }

    @Override
    public Optional<SessionRecord> session(String sessionId) throws StoreException {
        return database.read(c -> JournalRows.session(c, sessionId));
    }

    @Override
    public List<SessionRecord> sessions(SessionFilter filter) throws StoreException {
        return database.read(c -> JournalRows.sessions(c, filter));
    }

    @Override
    public Optional<RunRecord> run(String runId) throws StoreException {
        return database.read(c -> JournalRows.run(c, "WHERE run_id = ?", runId));
    }

    @Override
    public List<RunRecord> runs(String sessionId) throws StoreException {
        return database.read(
                c -> JournalRows.runs(c, "WHERE session_id = ? ORDER BY number", sessionId));
    }

    @Override
    public List<RunRecord> openRuns() throws StoreException {
        return database.read(
                c -> JournalRows.runs(c, "WHERE" + JournalRows.OPEN + " ORDER BY runs.id"));
    }

    @Override
    public Optional<Long> claim(String runId, String worker) throws StoreException {
        return database.with(c -> JournalWrites.claim(c, runId, worker, clock.instant()));
    }

    @Override
    public Appended append(String runId, long epoch, Batch batch) throws StoreException {
        Set<String> blobs = KeptNames.in(batch);
        JournalWrites.Written written =
                database.with(
                        c -> JournalWrites.append(c, runId, epoch, batch, blobs, clock.instant()));
        written.changedSession().ifPresent(watchers::ring);
        return written.appended();
    }

    @Override
    public List<EventRecord> events(String sessionId, long after, int max) throws StoreException {
        return database.read(c -> JournalRows.page(c, sessionId, after, max));
    }

    @Override
    public List<EventRecord> eventsOf(String runId) throws StoreException {
        return database.read(
                c -> JournalRows.events(c, "WHERE runs.run_id = ? ORDER BY seq", runId));
    }

    @Override
    public List<EntryRecord> entries(String runId) throws StoreException {
        return database.read(c -> JournalRows.entries(c, runId));
    }

    @Override
    public Following follow(String sessionId, Runnable doorbell) {
        return watchers.add(sessionId, doorbell);
    }

    @Override
    public Following onCancel(String runId, Runnable doorbell) {
        return cancels.add(runId, doorbell);
    }

    @Override
    public boolean cancel(String runId, EventDraft event) throws StoreException {
        Optional<String> session =
                database.with(c -> JournalWrites.cancel(c, runId, event, clock.instant()));
        session.ifPresent(watchers::ring);
        session.ifPresent(s -> cancels.ring(runId));
        return session.isPresent();
    }

    @Override
    public boolean withdraw(String runId) throws StoreException {
        return database.with(c -> JournalWrites.withdraw(c, runId));
    }

    @Override
    public boolean reopen(String runId) throws StoreException {
        return database.with(c -> JournalWrites.reopen(c, runId, clock.instant()));
    }

    @Override
    public boolean delete(String sessionId) throws StoreException {
        boolean deleted = database.with(c -> JournalWrites.delete(c, sessionId, Instant.MAX));
        if (deleted) {
            watchers.ring(sessionId);
        }
        return deleted;
    }

    @Override
    public int expire(Duration atRest) throws StoreException {
        Instant before = clock.instant().minus(atRest);
        List<String> old =
                database.read(c ->
                        Sql.list(
                                c,
                                "SELECT session_id FROM sessions WHERE changed_at <= ?",
                                row -> row.getString(1),
                                before));
        int removed = 0;
        // One at a time, so that other writers don't wait for all of them.
        for (String sessionId : old) {
            if (database.with(c -> JournalWrites.delete(c, sessionId, before))) {
                removed++;
                watchers.ring(sessionId);
            }
        }
        Blobs.expire(database, before);
        return removed;
    }

    @Override
    public int forget(Duration sinceEnd, Forgetting how) throws StoreException {
        return new RunForgetting(database, how).forget(clock.instant().minus(sinceEnd));
    }

    @Override
    public String keep(byte[] content) throws StoreException {
        return Blobs.keep(database, content, clock.instant());
    }

    @Override
    public Optional<byte[]> kept(String hash) throws StoreException {
        return database.read(c -> Blobs.kept(c, hash));
    }
}
