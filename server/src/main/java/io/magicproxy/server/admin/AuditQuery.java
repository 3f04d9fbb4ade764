package io.magicproxy.server.admin;

import io.helidon.common.uri.UriQuery;
import io.magicproxy.config.DidYouMean;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.store.AuditLog.Filter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** Reads what is asked of the audit log. */
record AuditQuery(Filter filter, Format format) {
    private static final List<String> KNOWN =
            List.of("who", "action", "name", "since", "before", "below", "limit", "format");
    private static final int USUAL = 100;
    private static final int MAX = 1_000;

    /** As what the entries are given. */
    enum Format {
        JSON,
        JSONL,
        CSV
    }

    static AuditQuery of(UriQuery query) {
        query.names().stream()
                .filter(name -> !KNOWN.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw bad(
                            name,
                            "isn't a parameter here; there are "
                                    + String.join(", ", KNOWN)
                                    + DidYouMean.hint(name, KNOWN));
                });
        return new AuditQuery(
                new Filter(
                        text(query, "who"),
                        text(query, "action"),
                        text(query, "name"),
                        time(query, "since"),
                        time(query, "before"),
                        text(query, "below").map(value -> number("below", value)),
                        limit(query)),
                text(query, "format").map(AuditQuery::format).orElse(Format.JSON));
    }

    private static int limit(UriQuery query) {
        long limit = text(query, "limit").map(value -> number("limit", value)).orElse((long) USUAL);
        if (limit < 1 || limit > MAX) {
            throw bad("limit", "must be 1 to " + MAX);
        }
        return (int) limit;
    }

    private static Format format(String name) {
        return switch (name) {
            case "json" -> Format.JSON;
            case "jsonl" -> Format.JSONL;
            case "csv" -> Format.CSV;
            default -> throw bad("format", "must be json, jsonl or csv");
        };
    }

    private static long number(String name, String value) {
        try {
            return Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            throw bad(name, "must be a whole number");
        }
    }

    private static Optional<Instant> time(UriQuery query, String name) {
        return text(query, name)
                .map(value -> {
                    try {
                        return Instant.parse(value);
                    } catch (DateTimeParseException e) {
                        throw bad(name, "must be a time such as 2026-01-31T12:00:00Z");
                    }
                });
    }

    private static Optional<String> text(UriQuery query, String name) {
        return query.first(name).asOptional().filter(value -> !value.isBlank());
    }

    private static ApiException bad(String name, String message) {
        return new ApiException(ApiError.invalidRequest(name + ": " + message, Optional.of(name)));
    }
}
