package io.magicproxy.store.embedded;

import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.Opened;
import io.magicproxy.store.session.Journal.Parent;
import io.magicproxy.store.session.Journal.RunRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** How a run, and its session if it is new, comes into the journal: in one transaction. */
final class RunOpening {
    private RunOpening() {}

    private record SessionKey(long id, String owner) {}

    static Opened open(Connection connection, NewRun run, Set<String> blobs, Instant now)
            throws SQLException {
        Optional<Opened> known = known(connection, run);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<SessionKey> session =
                Sql.first(
                        connection,
                        "SELECT id, owner FROM sessions WHERE session_id = ?",
                        row -> new SessionKey(row.getLong(1), row.getString(2)),
                        run.sessionId());
        if (session.isPresent() && !session.get().owner().equals(run.owner())) {
            return new Opened.Foreign();
        }
        Optional<String> busy =
                session.isPresent()
                        ? JournalWrites.openRun(connection, session.get().id())
                        : Optional.empty();
        if (busy.isPresent()) {
            return new Opened.Busy(busy.get());
        }
        long id = insert(connection, run, sessionWithOneMore(connection, run, now));
        Blobs.use(connection, id, blobs);
        return new Opened.Fresh(JournalRows.run(connection, "WHERE runs.id = ?", id).orElseThrow());
    }

    private static Optional<Opened> known(Connection connection, NewRun run) throws SQLException {
        if (run.idempotencyKey().isPresent()) {
            Optional<RunRecord> earlier =
                    JournalRows.run(
                            connection,
                            "WHERE runs.owner = ? AND idempotency_key = ?",
                            run.owner(),
                            run.idempotencyKey().get());
            if (earlier.isPresent()) {
                return Optional.of(new Opened.Rejoined(earlier.get()));
            }
        }
        return JournalRows.run(connection, "WHERE run_id = ?", run.runId())
                .map(same ->
                        same.owner().equals(run.owner())
                                ? new Opened.Rejoined(same)
                                : new Opened.Foreign());
    }

    private static long sessionWithOneMore(Connection connection, NewRun run, Instant now)
            throws SQLException {
        return Sql.first(
                        connection,
                        """
                        INSERT INTO sessions (session_id, owner, runs, last_seq, created_at, changed_at)
                        VALUES (?, ?, 1, 0, ?, ?)
                        ON CONFLICT (session_id) DO UPDATE
                        SET runs = runs + 1, changed_at = excluded.changed_at
                        RETURNING id\
                        """,
                        row -> row.getLong(1),
                        run.sessionId(),
                        run.owner(),
                        run.at(),
                        now)
                .orElseThrow();
    }

    private static long insert(Connection connection, NewRun run, long session)
            throws SQLException {
        return Sql.first(
                        connection,
                        """
                        INSERT INTO runs (run_id, session, number, owner, idempotency_key, parent_run_id,
                          parent_path, alias, pattern, request, state, cancel_asked, epoch, worked, result,
                          created_at, trace)
                        VALUES (?, ?, (SELECT runs FROM sessions WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, 'QUEUED',
                          0, 0, 0, '', ?, ?)
                        RETURNING id\
                        """,
                        row -> row.getLong(1),
                        run.runId(),
                        session,
                        session,
                        run.owner(),
                        run.idempotencyKey(),
                        run.parent().map(Parent::runId),
                        run.parent().map(Parent::path),
                        run.alias(),
                        run.pattern(),
                        run.requestJson(),
                        run.at(),
                        run.trace())
                .orElseThrow();
    }
}
