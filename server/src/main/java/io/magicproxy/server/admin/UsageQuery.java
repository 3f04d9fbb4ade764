package io.magicproxy.server.admin;

import io.helidon.common.uri.UriQuery;
import io.magicproxy.chat.MalformedRequestException;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.store.UsageStore.Dimension;
import io.magicproxy.store.UsageStore.Question;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What is asked of the usage, and in which form. */
record UsageQuery(Question question, boolean csv) {
    private static final Duration USUAL = Duration.ofDays(30);
    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String BY = "group_by";
    private static final String FORMAT = "format";

    private static final Map<String, Dimension> DIMENSIONS = dimensions();

    private static Map<String, Dimension> dimensions() {
        Map<String, Dimension> all = new LinkedHashMap<>();
        for (Dimension dimension : Dimension.values()) {
            all.put(dimension.wire(), dimension);
        }
        return all;
    }

    static UsageQuery of(UriQuery query, Instant now) throws MalformedRequestException {
        Map<Dimension, String> only = new EnumMap<>(Dimension.class);
        for (String name : query.names()) {
            Dimension dimension = DIMENSIONS.get(name);
            if (dimension != null && !dimension.timely()) {
                only.put(dimension, query.get(name));
            } else if (!List.of(FROM, TO, BY, FORMAT).contains(name)) {
                throw new MalformedRequestException(name, "is not known; " + known(name));
            }
        }
        Instant to = time(query, TO, true).orElse(now.plus(Duration.ofHours(1)));
        Instant from = time(query, FROM, false).orElse(to.minus(USUAL));
        if (!from.isBefore(to)) {
            throw new MalformedRequestException(FROM, "must be before " + TO);
        }
        return new UsageQuery(new Question(from, to, only, by(query)), csv(query));
    }

    private static String known(String name) {
        List<String> names =
                Stream.concat(
                                Stream.of(FROM, TO, BY, FORMAT),
                                DIMENSIONS.values().stream()
                                        .filter(dimension -> !dimension.timely())
                                        .map(Dimension::wire))
                        .toList();
        return "there are " + String.join(", ", names) + DidYouMean.hint(name, names);
    }

    private static List<Dimension> by(UriQuery query) throws MalformedRequestException {
        List<Dimension> by = new ArrayList<>();
        for (String name : query.first(BY).orElse("day").split(",", -1)) {
            Dimension dimension = DIMENSIONS.get(name.strip());
            if (dimension == null) {
                throw new MalformedRequestException(
                        BY,
                        "is a list of "
                                + String.join(", ", DIMENSIONS.keySet())
                                + ", with commas"
                                + DidYouMean.hint(name.strip(), DIMENSIONS.keySet()));
            }
            if (!by.contains(dimension)) {
                by.add(dimension);
            }
        }
        return List.copyOf(by);
    }

    private static boolean csv(UriQuery query) throws MalformedRequestException {
        return switch (query.first(FORMAT).orElse("json")) {
            case "csv" -> true;
            case "json" -> false;
            default -> throw new MalformedRequestException(FORMAT, "is json or csv");
        };
    }

    /** A day, or a time; the last day is counted whole. */
    private static Optional<Instant> time(UriQuery query, String name, boolean whole)
            throws MalformedRequestException {
        Optional<String> given = query.first(name).asOptional();
        if (given.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (given.get().contains("T")) {
                return Optional.of(Instant.parse(given.get()));
            }
            LocalDate day = LocalDate.parse(given.get());
            return Optional.of(
                    (whole ? day.plusDays(1) : day).atStartOfDay(ZoneOffset.UTC).toInstant());
        } catch (DateTimeException e) {
            throw new MalformedRequestException(
                    name, "is a day such as 2026-11-27, or a time such as 2026-11-27T08:00:00Z");
        }
    }
}
