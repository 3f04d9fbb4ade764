package io.magicproxy.store.embedded;

import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.Parent;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.Journal.SessionFilter;
import io.magicproxy.store.session.Journal.SessionRecord;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The journal's rows as its records. */
final class JournalRows {
    static final String OPEN = " state IN ('QUEUED', 'RUNNING')";

    private static final String RUNS =
            "SELECT runs.*, sessions.session_id FROM runs JOIN sessions ON sessions.id = runs.session ";

    private static final String SESSIONS =
            """
            SELECT sessions.*, latest.alias, latest.pattern, latest.state
            FROM sessions
            JOIN runs AS latest ON latest.session = sessions.id AND latest.number = sessions.runs
            """;

    private static final String EVENTS =
            "SELECT events.*, runs.run_id, runs.number FROM events JOIN runs ON runs.id = events.run ";

    private static final int MAX_PAGE_CHARS = 1 << 20;

    private JournalRows() {}

    static Optional<RunRecord> run(Connection connection, String where, Object... values)
            throws SQLException {
        return Sql.first(connection, RUNS + where, JournalRows::run, values);
    }

    static List<RunRecord> runs(Connection connection, String where, Object... values)
            throws SQLException {
        return Sql.list(connection, RUNS + where, JournalRows::run, values);
    }

    static Optional<SessionRecord> session(Connection connection, String sessionId)
            throws SQLException {
        String sql = SESSIONS + "WHERE sessions.session_id = ?";
        return Sql.first(connection, sql, JournalRows::session, sessionId);
    }

    static List<SessionRecord> sessions(Connection connection, SessionFilter filter)
            throws SQLException {
        List<String> conditions = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        add("sessions.owner = ?", filter.owner(), conditions, values);
        add("latest.alias = ?", filter.alias(), conditions, values);
        add("latest.pattern = ?", filter.pattern(), conditions, values);
        add("latest.state = ?", filter.state(), conditions, values);
        add("sessions.changed_at >= ?", filter.since(), conditions, values);
        add("sessions.changed_at < ?", filter.before(), conditions, values);
        String where = conditions.isEmpty() ? "" : "WHERE " + String.join(" AND ", conditions);
        values.add(filter.max());
        return Sql.list(
                connection,
                SESSIONS + where + " ORDER BY sessions.changed_at DESC, sessions.id DESC LIMIT ?",
                JournalRows::session,
                values.toArray());
    }

    private static void add(
            String condition, Optional<?> value, List<String> conditions, List<Object> values) {
        if (value.isPresent()) {
            conditions.add(condition);
            values.add(value.get());
        }
    }

    static List<EventRecord> events(Connection connection, String where, Object... values)
            throws SQLException {
        return Sql.list(connection, EVENTS + where, JournalRows::event, values);
    }

    /** A page for a reader who may be slow: some events are small, some hold a tool's result. */
    static List<EventRecord> page(Connection connection, String sessionId, long after, int max)
            throws SQLException {
        var room = new int[] {MAX_PAGE_CHARS};
        return Sql.listUntil(
                connection,
                EVENTS
                        + """
                        WHERE events.session = (SELECT id FROM sessions WHERE session_id = ?)
                        AND seq > ? ORDER BY seq LIMIT ?\
                        """,
                JournalRows::event,
                event -> (room[0] -= event.payloadJson().length()) <= 0,
                sessionId,
                after,
                max);
    }

    static List<EntryRecord> entries(Connection connection, String runId) throws SQLException {
        return Sql.list(
                connection,
                "SELECT * FROM entries WHERE run = (SELECT id FROM runs WHERE run_id = ?) ORDER BY id",
                JournalRows::entry,
                runId);
    }

    private static RunRecord run(ResultSet row) throws SQLException {
        String parentPath = Sql.maybeText(row, "parent_path").orElse("");
        return new RunRecord(
                row.getString("run_id"),
                row.getString("session_id"),
                row.getInt("number"),
                row.getString("owner"),
                Sql.maybeText(row, "parent_run_id").map(id -> new Parent(id, parentPath)),
                row.getString("alias"),
                row.getString("pattern"),
                row.getString("request"),
                RunState.valueOf(row.getString("state")),
                row.getBoolean("cancel_asked"),
                row.getLong("epoch"),
                Duration.ofNanos(row.getLong("worked")),
                row.getString("result"),
                Sql.instant(row, "created_at"),
                Sql.maybeInstant(row, "ended_at"),
                Sql.maybeText(row, "trace"));
    }

    private static SessionRecord session(ResultSet row) throws SQLException {
        return new SessionRecord(
                row.getString("session_id"),
                row.getString("owner"),
                row.getString("alias"),
                row.getString("pattern"),
                RunState.valueOf(row.getString("state")),
                row.getInt("runs"),
                row.getLong("last_seq"),
                Sql.instant(row, "created_at"),
                Sql.instant(row, "changed_at"));
    }

    private static EventRecord event(ResultSet row) throws SQLException {
        return new EventRecord(
                row.getLong("seq"),
                row.getString("run_id"),
                row.getInt("number"),
                row.getString("type"),
                row.getString("payload"),
                row.getString("key"),
                Sql.instant(row, "at"));
    }

    private static EntryRecord entry(ResultSet row) throws SQLException {
        return new EntryRecord(
                row.getString("path"),
                row.getString("kind"),
                row.getString("target"),
                row.getString("hash"),
                row.getInt("step"),
                row.getBoolean("failed"),
                row.getString("result"),
                Sql.instant(row, "at"));
    }
}
