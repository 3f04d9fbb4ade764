package io.magicproxy.server.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.mcp.EventReader;
import io.magicproxy.mcp.EventReader.Next;
import io.magicproxy.server.http.ClientPresence;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.SseWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Writes what a session sends: as JSON if it is one quick answer, else as an event stream. */
final class EventStreams {
    /** An answer that takes longer gets a stream, which can be resumed. */
    private static final Duration QUICK = Duration.ofMillis(400);

    private static final Duration LOOK = Duration.ofSeconds(10);

    /** When a client whose stream has ended early shall come back. */
    private static final int RETRY_MILLIS = 1000;

    private final Heartbeats heartbeats;

    EventStreams(Heartbeats heartbeats) {
        this.heartbeats = heartbeats;
    }

    /** Answers a request. */
    void answer(EventReader reader, ServerResponse response) {
        var gone = new AtomicBoolean();
        String beginning = reader.position();
        Next first;
        try (var _ =
                ClientPresence.current()
                        .onGone(() -> {
                            gone.set(true);
                            reader.abandon();
                        })) {
            first = reader.next(QUICK);
        }
        if (gone.get()) {
            reader.abandon();
            throw left(new IOException("the client has left"));
        }
        if (first instanceof Next.Event(var _, byte[] json, boolean last) && last) {
            try (reader) {
                response.header(HeaderValues.CONTENT_TYPE_JSON).send(json);
            }
        } else {
            stream(reader, beginning, first, response);
        }
    }

    /** Writes events until there are no more, or the client leaves. */
    void stream(EventReader reader, ServerResponse response) {
        stream(reader, reader.position(), new Next.Silence(), response);
    }

    private void stream(EventReader reader, String beginning, Next first, ServerResponse response) {
        reader.streaming();
        try (reader;
                SseWriter writer = new SseWriter(response, heartbeats);
                var _ = ClientPresence.current().onGone(reader::leave)) {
            write(writer, opening(reader, beginning));
            Next next = first;
            while (!(next instanceof Next.End)) {
                if (next instanceof Next.Event(String id, byte[] json, var _)) {
                    write(writer, event(id, json));
                }
                next = reader.next(LOOK);
            }
        } catch (UncheckedIOException e) {
            throw left(e);
        }
    }

    private static ServerConnectionException left(Exception why) {
        return new ServerConnectionException("the client has left the stream", why);
    }

    /** An id before the first message: whoever loses the connection then can come back. */
    private static byte[] opening(EventReader reader, String beginning) {
        return reader.resumable()
                ? ("id: " + beginning + "\nretry: " + RETRY_MILLIS + "\ndata: \n\n").getBytes(UTF_8)
                : ": \n\n".getBytes(UTF_8);
    }

    private static byte[] event(String id, byte[] json) {
        var out = new ByteArrayOutputStream(json.length + 64);
        out.writeBytes(("id: " + id + "\nevent: message\ndata: ").getBytes(UTF_8));
        out.writeBytes(json);
        out.writeBytes("\n\n".getBytes(UTF_8));
        return out.toByteArray();
    }

    private static void write(SseWriter writer, byte[] bytes) {
        writer.write(bytes, 0, bytes.length);
    }
}
