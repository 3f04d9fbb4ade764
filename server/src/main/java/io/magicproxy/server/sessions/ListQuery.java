package io.magicproxy.server.sessions;

import io.helidon.common.uri.UriQuery;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.store.session.Journal.RunState;
import io.magicproxy.store.session.Journal.SessionFilter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the query parameters of sessions. */
final class ListQuery {
    private static final int MAX = 500;
    private static final int USUAL = 50;
    private static final int MAX_IDS = 50;

    private final UriQuery query;

    ListQuery(UriQuery query) {
        this.query = query;
    }

    SessionFilter filter() {
        return new SessionFilter(
                Optional.empty(),
                text("alias"),
                text("pattern"),
                text("state").map(ListQuery::state),
                instant("since"),
                instant("before"),
                limit());
    }

    int limit() {
        return Math.clamp(number("limit").orElse((long) USUAL), 1, MAX);
    }

    Optional<Long> number(String name) {
        return text(name).map(value -> number(name, value));
    }

    List<String> ids() {
        List<String> ids =
                text("ids").map(value -> List.of(value.split(",", -1))).orElse(List.of());
        if (ids.isEmpty() || ids.size() > MAX_IDS) {
            throw bad("ids", "must name 1 to " + MAX_IDS + " sessions, with commas between");
        }
        return ids;
    }

    /** A {@code Last-Event-ID} of one session's stream. */
    static long position(String lastEventId) {
        return number("Last-Event-ID", lastEventId);
    }

    /** The place of one session in a {@code Last-Event-ID} of several. */
    static long position(String lastEventId, String sessionId) {
        return Arrays.stream(lastEventId.split(",", -1))
                .filter(part -> part.startsWith(sessionId + ":"))
                .findFirst()
                .map(part -> position(part.substring(sessionId.length() + 1)))
                .orElse(0L);
    }

    private static long number(String name, String value) {
        try {
            long number = Long.parseLong(value.strip());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw bad(name, "must be a whole number from 0");
    }

    private Optional<Instant> instant(String name) {
        return text(name)
                .map(value -> {
                    try {
                        return Instant.parse(value);
                    } catch (DateTimeParseException e) {
                        throw bad(name, "must be a time such as 2026-01-31T12:00:00Z");
                    }
                });
    }

    private static RunState state(String name) {
        return Arrays.stream(RunState.values())
                .filter(state -> state.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() ->
                        bad(
                                "state",
                                "must be one of queued, running, answered, failed, cancelled"));
    }

    private Optional<String> text(String name) {
        return query.first(name).asOptional().filter(value -> !value.isBlank());
    }

    private static ApiException bad(String name, String message) {
        return new ApiException(ApiError.invalidRequest(name + " " + message, Optional.of(name)));
    }
}
