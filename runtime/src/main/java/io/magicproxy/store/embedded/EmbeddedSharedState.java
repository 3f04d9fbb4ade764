package io.magicproxy.store.embedded;

import io.magicproxy.store.SharedState;
import io.magicproxy.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Shared state in the embedded database: shared by the parts of one gateway. */
public final class EmbeddedSharedState implements SharedState {
    private static final String ALIVE = "(forget_at IS NULL OR forget_at > ?)";

    private final EmbeddedDatabase database;
    private final InstantSource clock;

    public EmbeddedSharedState(EmbeddedDatabase database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public void put(String name, String value, Optional<Duration> keepFor) throws StoreException {
        database.with(connection -> {
            try (PreparedStatement put =
                    connection.prepareStatement(
                            "INSERT OR REPLACE INTO state (name, value, forget_at) VALUES (?, ?, ?)")) {
                put.setString(1, name);
                put.setString(2, value);
                if (keepFor.isPresent()) {
                    dropForgotten(connection);
                    put.setLong(3, clock.instant().plus(keepFor.get()).toEpochMilli());
                }
                return put.executeUpdate();
            }
        });
    }

    /** Those that will be forgotten make room for one another, so the file doesn't grow by them. */
    private void dropForgotten(Connection connection) throws SQLException {
        try (PreparedStatement drop =
                connection.prepareStatement("DELETE FROM state WHERE forget_at <= ?")) {
            drop.setLong(1, clock.millis());
            drop.executeUpdate();
        }
    }

    @Override
    public Optional<String> get(String name) throws StoreException {
        return database.with(connection -> {
            try (PreparedStatement get =
                    connection.prepareStatement(
                            "SELECT value FROM state WHERE name = ? AND " + ALIVE)) {
                get.setString(1, name);
                get.setLong(2, clock.millis());
                try (ResultSet row = get.executeQuery()) {
                    return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public void remove(String name) throws StoreException {
        database.with(connection -> {
            try (PreparedStatement remove =
                    connection.prepareStatement("DELETE FROM state WHERE name = ?")) {
                remove.setString(1, name);
                return remove.executeUpdate();
            }
        });
    }

    @Override
    public Map<String, String> list(String prefix) throws StoreException {
        return database.with(connection -> {
            try (PreparedStatement list =
                    connection.prepareStatement(
                            "SELECT name, value FROM state WHERE name >= ? AND instr(name, ?) = 1 AND "
                                    + ALIVE
                                    + " ORDER BY name")) {
                list.setString(1, prefix);
                list.setString(2, prefix);
                list.setLong(3, clock.millis());
                Map<String, String> found = new LinkedHashMap<>();
                try (ResultSet rows = list.executeQuery()) {
                    while (rows.next()) {
                        found.put(rows.getString(1), rows.getString(2));
                    }
                }
                return found;
            }
        });
    }
}
