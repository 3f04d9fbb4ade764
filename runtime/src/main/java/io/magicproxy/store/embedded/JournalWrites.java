package io.magicproxy.store.embedded;

import io.magicproxy.store.session.Journal.Appended;
import io.magicproxy.store.session.Journal.Batch;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventDraft;
import io.magicproxy.store.session.Journal.RunEnd;
import io.magicproxy.store.session.Journal.RunState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the journal does in one transaction each. */
final class JournalWrites {
    private JournalWrites() {}

    /**
     * What came of it.
     *
     * @param changedSession the session that has new events
     */
    record Written(Appended appended, Optional<String> changedSession) {}

    /** A run as far as writing needs to know it. */
    private record Place(
            long run,
            long session,
            String sessionId,
            RunState state,
            long epoch,
            boolean cancelAsked,
            Optional<String> endedBy,
            long lastSeq) {}

    static Optional<Long> claim(Connection connection, String runId, String worker, Instant now)
            throws SQLException {
        Optional<Place> place = place(connection, runId);
        if (place.isEmpty() || !place.get().state().open()) {
            return Optional.empty();
        }
        long epoch = place.get().epoch() + 1;
        Sql.update(
                connection,
                "UPDATE runs SET epoch = ?, state = 'RUNNING', worker = ? WHERE id = ?",
                epoch,
                worker,
                place.get().run());
        changed(connection, place.get(), place.get().lastSeq(), now);
        return Optional.of(epoch);
    }

    static Written append(
            Connection connection,
            String runId,
            long epoch,
            Batch batch,
            Set<String> blobs,
            Instant now)
            throws SQLException {
        Optional<Place> found = place(connection, runId);
        if (found.isEmpty()
                || found.get().state() != RunState.RUNNING
                || found.get().epoch() != epoch) {
            return new Written(new Appended.Fenced(), Optional.empty());
        }
        Place place = found.get();
        if (place.cancelAsked() && batch.end().isEmpty()) {
            return new Written(new Appended.Cancelled(), Optional.empty());
        }
        for (EntryRecord entry : batch.entries()) {
            add(connection, place, runId, entry);
        }
        long last = add(connection, place, batch.events(), now);
        Blobs.use(connection, place.run(), blobs);
        if (!batch.worked().isZero()) {
            Sql.update(
                    connection,
                    "UPDATE runs SET worked = worked + ? WHERE id = ?",
                    batch.worked(),
                    place.run());
        }
        if (batch.end().isPresent()) {
            end(connection, place, batch.end().get(), now);
        }
        changed(connection, place, last, now);
        return new Written(
                new Appended.Done(last),
                last > place.lastSeq() ? Optional.of(place.sessionId()) : Optional.empty());
    }

    private static void add(Connection connection, Place place, String runId, EntryRecord entry)
            throws SQLException {
        int added =
                Sql.update(
                        connection,
                        """
                        INSERT INTO entries (run, path, kind, target, hash, step, failed, result, at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, path) DO NOTHING\
                        """,
                        place.run(),
                        entry.path(),
                        entry.kind(),
                        entry.target(),
                        entry.hash(),
                        entry.step(),
                        entry.failed(),
                        entry.resultJson(),
                        entry.at());
        if (added == 0) {
            throw new IllegalStateException(
                    "run "
                            + runId
                            + " has an entry "
                            + entry.path()
                            + " already; a call whose result is recorded isn't made again");
        }
    }

    /** Returns the number of the session's last event. */
    private static long add(
            Connection connection, Place place, List<EventDraft> events, Instant now)
            throws SQLException {
        long last = place.lastSeq();
        for (EventDraft event : events) {
            last +=
                    Sql.update(
                            connection,
                            """
                            INSERT INTO events (session, seq, run, type, payload, key, at)
                            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key) DO NOTHING\
                            """,
                            place.session(),
                            last + 1,
                            place.run(),
                            event.type(),
                            event.payloadJson(),
                            event.key(),
                            now);
        }
        return last;
    }

    private static void end(Connection connection, Place place, RunEnd end, Instant now)
            throws SQLException {
        if (end.state().open()) {
            throw new IllegalArgumentException("a run can't end as " + end.state());
        }
        Sql.update(
                connection,
                "UPDATE runs SET state = ?, result = ?, ended_by = ?, ended_at = ? WHERE id = ?",
                end.state(),
                end.resultJson(),
                String.join(" ", end.endedBy()),
                now,
                place.run());
    }

    /** The session whose run is to end or has ended by this; empty if it had ended. */
    static Optional<String> cancel(
            Connection connection, String runId, EventDraft event, Instant now)
            throws SQLException {
        Optional<Place> found = place(connection, runId);
        if (found.isEmpty() || !found.get().state().open()) {
            return Optional.empty();
        }
        Place place = found.get();
        Sql.update(connection, "UPDATE runs SET cancel_asked = 1 WHERE id = ?", place.run());
        long last = place.lastSeq();
        if (place.state() == RunState.QUEUED) {
            last = add(connection, place, List.of(event), now);
            end(
                    connection,
                    place,
                    new RunEnd(RunState.CANCELLED, event.payloadJson(), List.of()),
                    now);
        }
        changed(connection, place, last, now);
        return Optional.of(place.sessionId());
    }

    static boolean withdraw(Connection connection, String runId) throws SQLException {
        Optional<Place> found = place(connection, runId);
        if (found.isEmpty() || found.get().state() != RunState.QUEUED || found.get().epoch() > 0) {
            return false;
        }
        Place place = found.get();
        Sql.update(connection, "DELETE FROM blob_uses WHERE run = ?", place.run());
        Sql.update(connection, "DELETE FROM runs WHERE id = ?", place.run());
        Sql.update(connection, "UPDATE sessions SET runs = runs - 1 WHERE id = ?", place.session());
        Sql.update(connection, "DELETE FROM sessions WHERE id = ? AND runs = 0", place.session());
        return true;
    }

    static boolean reopen(Connection connection, String runId, Instant now) throws SQLException {
        Optional<Place> found = place(connection, runId);
        if (found.isEmpty()
                || found.get().state().open()
                || found.get().state() == RunState.ANSWERED
                || openRun(connection, found.get().session()).isPresent()
                || isForgotten(connection, found.get().run())) {
            return false;
        }
        Place place = found.get();
        for (String path : place.endedBy().orElse("").split(" ", -1)) {
            Sql.update(
                    connection,
                    "DELETE FROM entries WHERE run = ? AND path = ?",
                    place.run(),
                    path);
        }
        Sql.update(
                connection,
                """
                UPDATE runs SET state = 'QUEUED', cancel_asked = 0, result = '', ended_by = NULL,
                ended_at = NULL WHERE id = ?\
                """,
                place.run());
        changed(connection, place, place.lastSeq(), now);
        return true;
    }

    private static boolean isForgotten(Connection connection, long run) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT 1 FROM runs WHERE id = ? AND forgotten > 0",
                        row -> row.getInt(1),
                        run)
                .isPresent();
    }

    /** Not if it, or one that its runs began, has changed since then or has an open run. */
    static boolean delete(Connection connection, String sessionId, Instant changedBefore)
            throws SQLException {
        List<Long> sessions =
                Sql.list(
                        connection,
                        """
                        WITH RECURSIVE doomed (id) AS (
                          SELECT id FROM sessions WHERE session_id = ?
                          UNION
                          SELECT child.session FROM doomed
                          JOIN runs AS parent ON parent.session = doomed.id
                          JOIN runs AS child ON child.parent_run_id = parent.run_id
                          WHERE child.number = 1)
                        SELECT id FROM doomed\
                        """,
                        row -> row.getLong(1),
                        sessionId);
        for (long session : sessions) {
            if (openRun(connection, session).isPresent()
                    || changedAfter(connection, session, changedBefore)) {
                return false;
            }
        }
        for (long session : sessions) {
            remove(connection, session);
        }
        return !sessions.isEmpty();
    }

    private static boolean changedAfter(Connection connection, long session, Instant then)
            throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT 1 FROM sessions WHERE id = ? AND changed_at > ?",
                        row -> row.getInt(1),
                        session,
                        then)
                .isPresent();
    }

    private static void remove(Connection connection, long session) throws SQLException {
        Blobs.forget(connection, session);
        Sql.update(
                connection,
                "DELETE FROM entries WHERE run IN (SELECT id FROM runs WHERE session = ?)",
                session);
        Sql.update(connection, "DELETE FROM events WHERE session = ?", session);
        Sql.update(connection, "DELETE FROM runs WHERE session = ?", session);
        Sql.update(connection, "DELETE FROM sessions WHERE id = ?", session);
    }

    static Optional<String> openRun(Connection connection, long session) throws SQLException {
        return Sql.first(
                connection,
                "SELECT run_id FROM runs WHERE session = ? AND" + JournalRows.OPEN,
                row -> row.getString(1),
                session);
    }

    private static Optional<Place> place(Connection connection, String runId) throws SQLException {
        return Sql.first(
                connection,
                """
                SELECT runs.id, session, session_id, state, epoch, cancel_asked, ended_by, last_seq
                FROM runs JOIN sessions ON sessions.id = runs.session WHERE run_id = ?\
                """,
                row ->
                        new Place(
                                row.getLong(1),
                                row.getLong(2),
                                row.getString(3),
                                RunState.valueOf(row.getString(4)),
                                row.getLong(5),
                                row.getBoolean(6),
                                Sql.maybeText(row, "ended_by"),
                                row.getLong(8)),
                runId);
    }

    private static void changed(Connection connection, Place place, long lastSeq, Instant now)
            throws SQLException {
        Sql.update(
                connection,
                "UPDATE sessions SET last_seq = ?, changed_at = ? WHERE id = ?",
                lastSeq,
                now,
                place.session());
    }
}
