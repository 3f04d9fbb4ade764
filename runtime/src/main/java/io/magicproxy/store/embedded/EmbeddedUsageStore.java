package io.magicproxy.store.embedded;

import io.magicproxy.store.StoreException;
import io.magicproxy.store.UsageStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Usage in the embedded database. */
public final class EmbeddedUsageStore implements UsageStore {
    private static final List<String> NAMES =
            List.of("key", "team", "alias", "profile", "provider", "model", "kind");
    private static final List<String> COUNTS =
            List.of(
                    "requests",
                    "failed",
                    "cached",
                    "estimated",
                    "unpriced",
                    "prompt",
                    "completion",
                    "cache_read",
                    "cache_write",
                    "reasoning",
                    "pico_usd");
    private static final String ADD =
            "INSERT INTO usage (hour, "
                    + String.join(", ", NAMES)
                    + ", "
                    + String.join(", ", COUNTS)
                    + ") VALUES (?"
                    + ", ?".repeat(NAMES.size() + COUNTS.size())
                    + ") ON CONFLICT DO UPDATE SET "
                    + COUNTS.stream()
                            .map(c -> c + " = " + c + " + excluded." + c)
                            .collect(Collectors.joining(", "));
    private static final String SUMS =
            COUNTS.stream().map(c -> "SUM(" + c + ")").collect(Collectors.joining(", "));

    private final EmbeddedDatabase database;

    public EmbeddedUsageStore(EmbeddedDatabase database) {
        this.database = database;
    }

    @Override
    public void add(List<Line> lines) throws StoreException {
        database.with(connection -> {
            try (PreparedStatement add = connection.prepareStatement(ADD)) {
                for (Line line : lines) {
                    add.setLong(1, line.hour().getEpochSecond());
                    int at = 2;
                    for (String name : names(line.account())) {
                        add.setString(at++, name);
                    }
                    for (long count : counts(line.amount())) {
                        add.setLong(at++, count);
                    }
                    add.executeUpdate();
                }
            }
            return lines.size();
        });
    }

    private static List<String> names(Account account) {
        return List.of(
                account.key(),
                account.team(),
                account.alias(),
                account.profile(),
                account.provider(),
                account.model(),
                account.kind());
    }

    private static List<Long> counts(Amount amount) {
        return List.of(
                amount.requests(),
                amount.failed(),
                amount.cached(),
                amount.estimated(),
                amount.unpriced(),
                amount.prompt(),
                amount.completion(),
                amount.cacheRead(),
                amount.cacheWrite(),
                amount.reasoning(),
                amount.picoUsd());
    }

    @Override
    public List<Sum> sums(Question question) throws StoreException {
        List<String> by = question.by().stream().map(EmbeddedUsageStore::value).toList();
        String places =
                IntStream.rangeClosed(1, by.size())
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(", "));
        String only =
                question.only().keySet().stream()
                        .map(dimension -> " AND " + dimension.wire() + " = ?")
                        .collect(Collectors.joining());
        String sql =
                "SELECT "
                        + Stream.concat(by.stream(), Stream.of(SUMS))
                                .collect(Collectors.joining(", "))
                        + " FROM usage WHERE hour >= ? AND hour < ?"
                        + only
                        + (by.isEmpty() ? "" : " GROUP BY " + places + " ORDER BY " + places);
        return database.read(connection -> {
            try (PreparedStatement sums = connection.prepareStatement(sql)) {
                sums.setLong(1, question.from().getEpochSecond());
                sums.setLong(2, question.to().getEpochSecond());
                int at = 3;
                for (String value : question.only().values()) {
                    sums.setString(at++, value);
                }
                try (ResultSet rows = sums.executeQuery()) {
                    return read(rows, by.size());
                }
            }
        });
    }

    private static String value(Dimension dimension) {
        return switch (dimension) {
            case DAY -> "strftime('%Y-%m-%d', hour, 'unixepoch')";
            case HOUR -> "strftime('%Y-%m-%dT%H:00:00Z', hour, 'unixepoch')";
            case KEY, TEAM, ALIAS, PROFILE, PROVIDER, MODEL, KIND -> dimension.wire();
        };
    }

    private static List<Sum> read(ResultSet rows, int values) throws SQLException {
        List<Sum> sums = new ArrayList<>();
        while (rows.next()) {
            List<String> of = new ArrayList<>();
            for (int i = 1; i <= values; i++) {
                of.add(rows.getString(i));
            }
            sums.add(new Sum(List.copyOf(of), amount(rows, values)));
        }
        return sums;
    }

    private static Amount amount(ResultSet rows, int values) throws SQLException {
        return new Amount(
                rows.getLong(values + 1),
                rows.getLong(values + 2),
                rows.getLong(values + 3),
                rows.getLong(values + 4),
                rows.getLong(values + 5),
                rows.getLong(values + 6),
                rows.getLong(values + 7),
                rows.getLong(values + 8),
                rows.getLong(values + 9),
                rows.getLong(values + 10),
                rows.getLong(values + 11));
    }

    @Override
    public void forgetBefore(Instant hour) throws StoreException {
        database.with(connection -> {
            try (PreparedStatement forget =
                    connection.prepareStatement("DELETE FROM usage WHERE hour < ?")) {
                forget.setLong(1, hour.getEpochSecond());
                return forget.executeUpdate();
            }
        });
    }
}
