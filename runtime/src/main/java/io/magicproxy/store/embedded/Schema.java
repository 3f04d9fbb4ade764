package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, and how older files come to have them. Times are nanoseconds since 1970, since a
 * replay must see the very time that was recorded.
 */
final class Schema {
    /** A step from each version to the next. One that was released is never changed. */
    private static final List<List<String>> STEPS =
            List.of(
                    List.of(
                            // There were files with this table before there were versions.
                            """
                            CREATE TABLE IF NOT EXISTS state (
                              name TEXT PRIMARY KEY, value TEXT NOT NULL, forget_at INTEGER)
                              WITHOUT ROWID\
                            """,
                            """
                            CREATE INDEX IF NOT EXISTS state_forget_at ON state (forget_at)
                              WHERE forget_at IS NOT NULL\
                            """,
                            """
                            CREATE TABLE sessions (
                              id INTEGER PRIMARY KEY, session_id TEXT NOT NULL UNIQUE,
                              owner TEXT NOT NULL, runs INTEGER NOT NULL, last_seq INTEGER NOT NULL,
                              created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL)\
                            """,
                            "CREATE INDEX sessions_changed_at ON sessions (changed_at)",
                            """
                            CREATE TABLE runs (
                              id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE,
                              session INTEGER NOT NULL, number INTEGER NOT NULL,
                              owner TEXT NOT NULL, idempotency_key TEXT,
                              parent_run_id TEXT, parent_path TEXT,
                              alias TEXT NOT NULL, pattern TEXT NOT NULL, request TEXT NOT NULL,
                              state TEXT NOT NULL, cancel_asked INTEGER NOT NULL,
                              epoch INTEGER NOT NULL, worker TEXT,
                              worked INTEGER NOT NULL, result TEXT NOT NULL, ended_by TEXT,
                              created_at INTEGER NOT NULL, ended_at INTEGER,
                              UNIQUE (session, number))\
                            """,
                            """
                            CREATE UNIQUE INDEX runs_open ON runs (session)
                              WHERE state IN ('QUEUED', 'RUNNING')\
                            """,
                            """
                            CREATE UNIQUE INDEX runs_idempotency ON runs (owner, idempotency_key)
                              WHERE idempotency_key IS NOT NULL\
                            """,
                            """
                            CREATE INDEX runs_parent ON runs (parent_run_id)
                              WHERE parent_run_id IS NOT NULL\
                            """,
                            """
                            CREATE TABLE events (
                              session INTEGER NOT NULL, seq INTEGER NOT NULL, run INTEGER NOT NULL,
                              type TEXT NOT NULL, payload TEXT NOT NULL, key TEXT NOT NULL,
                              at INTEGER NOT NULL, PRIMARY KEY (session, seq)) WITHOUT ROWID\
                            """,
                            "CREATE UNIQUE INDEX events_key ON events (run, key)",
                            """
                            CREATE TABLE entries (
                              id INTEGER PRIMARY KEY, run INTEGER NOT NULL, path TEXT NOT NULL,
                              kind TEXT NOT NULL, target TEXT NOT NULL, hash TEXT NOT NULL,
                              step INTEGER NOT NULL, failed INTEGER NOT NULL, result TEXT NOT NULL,
                              at INTEGER NOT NULL,
                              UNIQUE (run, path))\
                            """,
                            """
                            CREATE TABLE blobs (
                              hash TEXT PRIMARY KEY, content BLOB NOT NULL,
                              unnamed INTEGER NOT NULL, kept_at INTEGER NOT NULL)\
                            """,
                            """
                            CREATE TABLE blob_uses (
                              run INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (run, hash))
                              WITHOUT ROWID\
                            """,
                            "CREATE INDEX blob_uses_hash ON blob_uses (hash)",
                            // Positions are never given twice: with the count of leases they tell
                            // a lease from all others.
                            """
                            CREATE TABLE tasks (
                              position INTEGER PRIMARY KEY AUTOINCREMENT,
                              run_id TEXT NOT NULL UNIQUE, attempts INTEGER NOT NULL,
                              leases INTEGER NOT NULL, process TEXT, leased_by TEXT,
                              lease_until INTEGER)\
                            """),
                    List.of(
                            // Whether the run's texts were rewritten: 1 begun, 2 done.
                            "ALTER TABLE runs ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0"),
                    List.of(
                            // The hour in seconds: it is summed by the day.
                            """
                            CREATE TABLE usage (
                              hour INTEGER NOT NULL, key TEXT NOT NULL, team TEXT NOT NULL,
                              alias TEXT NOT NULL, profile TEXT NOT NULL, provider TEXT NOT NULL,
                              model TEXT NOT NULL, kind TEXT NOT NULL,
                              requests INTEGER NOT NULL, failed INTEGER NOT NULL,
                              cached INTEGER NOT NULL, estimated INTEGER NOT NULL,
                              unpriced INTEGER NOT NULL, prompt INTEGER NOT NULL,
                              completion INTEGER NOT NULL, cache_read INTEGER NOT NULL,
                              cache_write INTEGER NOT NULL, reasoning INTEGER NOT NULL,
                              pico_usd INTEGER NOT NULL,
                              PRIMARY KEY (hour, key, team, alias, profile, provider, model, kind))
                              WITHOUT ROWID\
                            """),
                    List.of(
                            """
                            CREATE TABLE audit (
                              id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,
                              who TEXT NOT NULL, address TEXT NOT NULL, request TEXT NOT NULL,
                              action TEXT NOT NULL, name TEXT NOT NULL, before TEXT NOT NULL,
                              after TEXT NOT NULL, diff TEXT NOT NULL)\
                            """,
                            "CREATE INDEX audit_at ON audit (at)"),
                    List.of(
                            // Where in a distributed trace the run was asked for.
                            "ALTER TABLE runs ADD COLUMN trace TEXT"));

    private Schema() {}

    /** Brings the file to this version; refuses one that a newer gateway has written. */
    static void bring(Connection connection, Path file) throws SQLException, StoreException {
        int found = version(connection);
        if (found > STEPS.size()) {
            throw new StoreException(
                    "the database "
                            + file
                            + " was written by a newer Magic Proxy (its schema is "
                            + found
                            + ", this one knows "
                            + STEPS.size()
                            + "); start the newer one, or choose another folder with --data-dir");
        }
        if (found == STEPS.size()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (List<String> step : STEPS.subList(found, STEPS.size())) {
                for (String sql : step) {
                    statement.execute(sql);
                }
            }
            statement.execute("PRAGMA user_version = " + STEPS.size());
            statement.execute("COMMIT");
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.getInt(1);
        }
    }
}
