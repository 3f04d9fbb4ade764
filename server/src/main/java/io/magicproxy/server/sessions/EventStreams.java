package io.magicproxy.server.sessions;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.SseWriter;
import io.magicproxy.session.EventWatch;
import io.magicproxy.session.Sessions;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.SessionRecord;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Sends the events of one session, or of several in one stream. */
final class EventStreams {
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("last-event-id");

    /** Sent at once: with it go the status and the headers. */
    private static final byte[] OPENING = ": \n\n".getBytes(US_ASCII);

    private final Sessions sessions;
    private final Heartbeats heartbeats;

    EventStreams(Sessions sessions, Heartbeats heartbeats) {
        this.sessions = sessions;
        this.heartbeats = heartbeats;
    }

    void one(ServerRequest request, ServerResponse response, SessionRecord session)
            throws StoreException {
        var query = new ListQuery(request.query(), Set.of("after"));
        long after = query.position(request.headers().first(LAST_EVENT_ID));
        if (isOver(session, after)) {
            nothingMore(response);
        } else {
            send(List.of(session.sessionId()), List.of(after), response);
        }
    }

    /** A session for each of the query's ids. */
    interface Lookup {
        SessionRecord find(String id) throws StoreException;
    }

    void several(ServerRequest request, ServerResponse response, Lookup lookup)
            throws StoreException {
        var query = new ListQuery(request.query(), Set.of("ids", "after"));
        List<String> stored = new ArrayList<>();
        List<Long> positions = new ArrayList<>();
        boolean over = true;
        for (String id : query.ids()) {
            SessionRecord session = lookup.find(id);
            long after = query.position(request.headers().first(LAST_EVENT_ID), id);
            stored.add(session.sessionId());
            positions.add(after);
            over &= isOver(session, after);
        }
        if (over) {
            nothingMore(response);
        } else {
            send(stored, positions, response);
        }
    }

    private static boolean isOver(SessionRecord session, long after) {
        return after >= session.lastSeq() && !session.state().open();
    }

    /** The answer that keeps a browser's EventSource from asking again. */
    private static void nothingMore(ServerResponse response) {
        response.status(Status.NO_CONTENT_204).send();
    }

    /** From after those numbers, until no run is under way. */
    void send(List<String> sessionIds, List<Long> after, ServerResponse response)
            throws StoreException {
        var bell = new EventWatch.Bell();
        List<EventWatch> watches = new ArrayList<>();
        try {
            for (int i = 0; i < sessionIds.size(); i++) {
                watches.add(new EventWatch(sessions, sessionIds.get(i), after.get(i), bell));
            }
            try (SseWriter writer = new SseWriter(response, heartbeats)) {
                writer.write(OPENING, 0, OPENING.length);
                new EventPump(watches, bell).run(writer);
            }
        } catch (UncheckedIOException e) {
            throw new CloseConnectionException("the client has left the stream", e);
        } finally {
            watches.forEach(EventWatch::close);
        }
    }
}
