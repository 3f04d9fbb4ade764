package io.magicproxy.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Statements with their values, and rows as what they stand for. */
final class Sql {
    private static final long SECOND = 1_000_000_000;

    private Sql() {}

    /** Reads one row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Returns how many rows were changed. */
    static int update(Connection connection, String sql, Object... values) throws SQLException {
        return run(connection, sql, PreparedStatement::executeUpdate, values);
    }

    static <T> List<T> list(Connection connection, String sql, Row<T> row, Object... values)
            throws SQLException {
        return listUntil(connection, sql, row, one -> false, values);
    }

    /** Rows until it is enough: the one that makes it enough is the last. */
    static <T> List<T> listUntil(
            Connection connection, String sql, Row<T> row, Predicate<T> enough, Object... values)
            throws SQLException {
        return run(
                connection,
                sql,
                statement -> {
                    try (ResultSet rows = statement.executeQuery()) {
                        List<T> found = new ArrayList<>();
                        while (rows.next()) {
                            T one = row.read(rows);
                            found.add(one);
                            if (enough.test(one)) {
                                break;
                            }
                        }
                        return found;
                    }
                },
                values);
    }

    static <T> Optional<T> first(Connection connection, String sql, Row<T> row, Object... values)
            throws SQLException {
        return run(
                connection,
                sql,
                statement -> {
                    try (ResultSet rows = statement.executeQuery()) {
                        return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
                    }
                },
                values);
    }

    /** What to do with a statement that has its values. */
    @FunctionalInterface
    private interface Use<T> {
        T with(PreparedStatement statement) throws SQLException;
    }

    private static <T> T run(Connection connection, String sql, Use<T> use, Object... values)
            throws SQLException {
        if (connection instanceof CachingConnection caching) {
            PreparedStatement statement = caching.cached(sql);
            try {
                T result = run(statement, use, values);
                // It must not hold on to big texts.
                statement.clearParameters();
                return result;
            } catch (SQLException | RuntimeException e) {
                caching.forget(sql, e);
                throw e;
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return run(statement, use, values);
        }
    }

    private static <T> T run(PreparedStatement statement, Use<T> use, Object... values)
            throws SQLException {
        for (int i = 0; i < values.length; i++) {
            set(statement, i + 1, values[i]);
        }
        return use.with(statement);
    }

    private static void set(PreparedStatement statement, int at, Object value) throws SQLException {
        switch (value) {
            case String text -> statement.setString(at, text);
            case Long number -> statement.setLong(at, number);
            case Integer number -> statement.setInt(at, number);
            case Boolean flag -> statement.setInt(at, flag ? 1 : 0);
            case Instant time -> statement.setLong(at, nanos(time));
            case Duration time -> statement.setLong(at, nanos(time));
            case Enum<?> name -> statement.setString(at, name.name());
            case byte[] bytes -> statement.setBytes(at, bytes);
            case Optional<?> maybe when maybe.isPresent() -> set(statement, at, maybe.get());
            case Optional<?> none -> statement.setNull(at, Types.NULL);
            default -> throw new IllegalArgumentException("no column holds a " + value.getClass());
        }
    }

    /** Those beyond the years 1677 and 2262 become these. */
    private static long nanos(Instant time) {
        try {
            return Math.addExact(Math.multiplyExact(time.getEpochSecond(), SECOND), time.getNano());
        } catch (ArithmeticException e) {
            return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private static long nanos(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException e) {
            return time.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return instant(row.getLong(column));
    }

    static Optional<Instant> maybeInstant(ResultSet row, String column) throws SQLException {
        long nanos = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(instant(nanos));
    }

    static Optional<String> maybeText(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }
}
