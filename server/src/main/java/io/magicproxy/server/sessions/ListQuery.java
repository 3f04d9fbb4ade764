package io.magicproxy.server.sessions;

import io.helidon.common.uri.UriQuery;
import io.magicproxy.config.DidYouMean;
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
import java.util.Set;
import java.util.TreeSet;

/** Reads the query parameters of sessions. */
final class ListQuery {
    /** What sessions are listed by. */
    static final Set<String> FILTERS =
            Set.of("alias", "pattern", "state", "since", "before", "limit");

    private static final int MAX = 500;
    private static final int USUAL = 50;
    private static final int MAX_IDS = 50;
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final String AFTER = "after";

    private final UriQuery query;

    /**
     * @param known the parameters that the path has
     */
    ListQuery(UriQuery query, Set<String> known) {
        this.query = query;
        query.names().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw bad(
                            name,
                            "isn't a parameter here"
                                    + DidYouMean.nearest(name, known)
                                            .map(near -> "; did you mean \"" + near + "\"?")
                                            .orElse(
                                                    "; there are "
                                                            + String.join(
                                                                    ", ", new TreeSet<>(known))));
                });
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
        long limit = number("limit").orElse((long) USUAL);
        if (limit < 1 || limit > MAX) {
            throw bad("limit", "must be 1 to " + MAX);
        }
        return (int) limit;
    }

    Optional<Long> number(String name) {
        return text(name).map(value -> number(name, value));
    }

    List<String> ids() {
        List<String> ids =
                text("ids")
                        .map(value -> Arrays.stream(value.split(",", -1)).distinct().toList())
                        .orElse(List.of());
        if (ids.isEmpty() || ids.size() > MAX_IDS) {
            throw bad("ids", "must name 1 to " + MAX_IDS + " sessions, with commas between");
        }
        return ids;
    }

    /** Where to go on: {@code Last-Event-ID}, else {@code after}, else the beginning. */
    long position(Optional<String> lastEventId) {
        return lastEventId
                .map(value -> number(LAST_EVENT_ID, value))
                .or(() -> number(AFTER))
                .orElse(0L);
    }

    /** The same for one session of several: {@code a:3,b:5}. */
    long position(Optional<String> lastEventId, String sessionId) {
        String name = lastEventId.isPresent() ? LAST_EVENT_ID : AFTER;
        return Arrays.stream(lastEventId.or(() -> text(AFTER)).orElse("").split(",", -1))
                .filter(part -> part.startsWith(sessionId + ":"))
                .findFirst()
                .map(part -> number(name, part.substring(sessionId.length() + 1)))
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
        return new ApiException(ApiError.invalidRequest(name + ": " + message, Optional.of(name)));
    }
}
