package io.magicproxy.store.embedded;

import io.magicproxy.store.AuditLog;
import io.magicproxy.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Changes in the embedded database. What is older than the retention isn't shown, and goes with the
 * next change.
 */
public final class EmbeddedAuditLog implements AuditLog {
    private final EmbeddedDatabase database;
    private final Duration retention;
    private final InstantSource clock;

    public EmbeddedAuditLog(EmbeddedDatabase database, Duration retention, InstantSource clock) {
        this.database = database;
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public void append(Change change) throws StoreException {
        database.with(connection -> {
            Sql.update(connection, "DELETE FROM audit WHERE at < ?", oldest());
            return Sql.update(
                    connection,
                    """
                    INSERT INTO audit (at, who, address, request, action, name, before, after, diff)
                      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)\
                    """,
                    change.at(),
                    change.who(),
                    change.address(),
                    change.requestId(),
                    change.action(),
                    change.name(),
                    change.before(),
                    change.after(),
                    change.diff());
        });
    }

    @Override
    public List<Entry> list(Filter filter) throws StoreException {
        var wanted = new Wanted();
        wanted.and("at >= ?", Optional.of(oldest()));
        wanted.and("who = ?", filter.who());
        wanted.and("name = ?", filter.name());
        // "config" means "config.save", too.
        wanted.and("instr(action || '.', ? || '.') = 1", filter.action());
        wanted.and("at >= ?", filter.since());
        wanted.and("at < ?", filter.before());
        wanted.and("id < ?", filter.below());
        wanted.values.add(filter.limit());
        String sql =
                "SELECT * FROM audit WHERE "
                        + String.join(" AND ", wanted.conditions)
                        + " ORDER BY id DESC LIMIT ?";
        return database.read(connection ->
                Sql.list(connection, sql, EmbeddedAuditLog::entry, wanted.values.toArray()));
    }

    private Instant oldest() {
        return clock.instant().minus(retention);
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getLong("id"),
                new Change(
                        Sql.instant(row, "at"),
                        row.getString("who"),
                        row.getString("address"),
                        row.getString("request"),
                        row.getString("action"),
                        row.getString("name"),
                        row.getString("before"),
                        row.getString("after"),
                        row.getString("diff")));
    }

    /** Conditions with their values, in step. */
    private static final class Wanted {
        private final List<String> conditions = new ArrayList<>();
        private final List<Object> values = new ArrayList<>();

        void and(String condition, Optional<?> value) {
            value.ifPresent(given -> {
                conditions.add(condition);
                values.add(given);
            });
        }
    }
}
