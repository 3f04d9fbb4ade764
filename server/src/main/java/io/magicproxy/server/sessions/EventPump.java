package io.magicproxy.server.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.magicproxy.chat.Json;
import io.magicproxy.server.http.ClientPresence;
import io.magicproxy.server.http.SseWriter;
import io.magicproxy.session.EventWatch;
import io.magicproxy.store.StoreException;
import io.magicproxy.store.session.Journal.EventRecord;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the events of sessions to a client until their runs have ended, or the client leaves. */
final class EventPump {
    /** Doorbells may be lost, where many processes share a store. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final List<EventWatch> watches;
    private final EventWatch.Bell bell;
    private volatile boolean gone;

    EventPump(List<EventWatch> watches, EventWatch.Bell bell) {
        this.watches = watches;
        this.bell = bell;
    }

    void run(SseWriter writer) throws StoreException {
        try (var _ =
                ClientPresence.current()
                        .onGone(() -> {
                            gone = true;
                            bell.ring();
                        })) {
            boolean live = true;
            while (!gone && live) {
                live = false;
                for (EventWatch watch : watches) {
                    live |= watch.live();
                }
                if (!write(writer) && live) {
                    bell.await(LOOK);
                }
            }
        }
    }

    /** Whether there was something new. */
    private boolean write(SseWriter writer) throws StoreException {
        boolean any = false;
        for (EventWatch watch : watches) {
            for (List<EventRecord> events = watch.read();
                    !events.isEmpty() && !gone;
                    events = watch.read()) {
                any = true;
                byte[] bytes = bytes(watch, events);
                writer.write(bytes, 0, bytes.length);
            }
        }
        return any;
    }

    private byte[] bytes(EventWatch watch, List<EventRecord> events) {
        var out = new ByteArrayOutputStream();
        for (EventRecord event : events) {
            out.writeBytes(("id: " + id(watch, event) + "\ndata: ").getBytes(UTF_8));
            out.writeBytes(Json.bytes(SessionJson.event(event, watch.sessionId())));
            out.writeBytes(new byte[] {'\n', '\n'});
        }
        return out.toByteArray();
    }

    /** With several sessions, an id holds the place in each. */
    private String id(EventWatch watch, EventRecord event) {
        if (watches.size() == 1) {
            return Long.toString(event.seq());
        }
        return watches.stream()
                .map(w ->
                        SessionAnswers.shown(w.sessionId())
                                + ":"
                                + (w == watch ? event.seq() : w.position()))
                .collect(Collectors.joining(","));
    }
}
