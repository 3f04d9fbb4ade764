package io.magicproxy.server.admin;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.magicproxy.server.admin.ChangeFeed.Next;
import io.magicproxy.server.http.ApiError;
import io.magicproxy.server.http.ApiException;
import io.magicproxy.server.http.ClientPresence;
import io.magicproxy.server.http.Heartbeats;
import io.magicproxy.server.http.SseWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/** {@code /admin/events}: one stream of all that changes. */
public final class EventsApi implements HttpService {
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("last-event-id");
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration BUSY = Duration.ofSeconds(5);

    private final ChangeFeed feed;
    private final Heartbeats heartbeats;
    private final String version;

    /**
     * @param version the gateway's
     */
    public EventsApi(ChangeFeed feed, Heartbeats heartbeats, String version) {
        this.feed = feed;
        this.heartbeats = heartbeats;
        this.version = version;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::follow);
    }

    private void follow(ServerRequest request, ServerResponse response) throws Exception {
        Optional<String> after =
                request.headers()
                        .first(LAST_EVENT_ID)
                        .or(() -> request.query().first("after").asOptional());
        ChangeFeed.Reader reader = feed.open(after).orElseThrow(() -> new ApiException(tooMany()));
        try (reader;
                SseWriter writer = new SseWriter(response, heartbeats);
                var _ = ClientPresence.current().onGone(reader::leave)) {
            write(writer, reader.hello(version));
            tell(reader, writer);
        } catch (UncheckedIOException e) {
            throw new CloseConnectionException("the client has left the stream", e);
        }
    }

    private static void tell(ChangeFeed.Reader reader, SseWriter writer)
            throws InterruptedException {
        boolean begun = false;
        while (true) {
            switch (reader.next(LOOK)) {
                case Next.Events(var events) -> events.forEach(event -> write(writer, event));
                case Next.Silence _ -> {
                    // The heartbeats see to that.
                }
                case Next.Lost _ -> {
                    write(writer, reader.reset());
                    if (begun) {
                        // It can't keep up; it comes back when it can.
                        return;
                    }
                }
                case Next.End _ -> {
                    return;
                }
            }
            begun = true;
        }
    }

    private static void write(SseWriter writer, byte[] event) {
        writer.write(event, 0, event.length);
    }

    private static ApiError tooMany() {
        return ApiError.of(
                        429,
                        "rate_limit_error",
                        "too_many_streams",
                        "as many read this stream as may; close another one, or come back later")
                .retryAfter(BUSY);
    }
}
