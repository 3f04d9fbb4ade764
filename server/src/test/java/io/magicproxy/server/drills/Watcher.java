package io.magicproxy.server.drills;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * A client of one session, as a browser's is: reads events in the background, keeps the last one's
 * id, and comes back with it.
 */
public final class Watcher implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(90);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<JsonNode> events = new CopyOnWriteArrayList<>();
    private volatile String lastId = "";
    private volatile String session = "";
    private volatile boolean reading;

    /** Begins a session. */
    public void ask(int port, String json) throws Exception {
        read(
                HttpRequest.newBuilder(uri(port, ""))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build());
    }

    /** Comes back, perhaps to another gateway. */
    public void comeBack(int port) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(port, "/" + session + "/events"));
        if (!lastId.isEmpty()) {
            request.header("Last-Event-ID", lastId);
        }
        read(request.build());
    }

    /** Comes to a session that somebody else began. */
    public void comeBack(int port, String id) throws Exception {
        session = id;
        comeBack(port);
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + "/v1/react/sessions" + path);
    }

    private void read(HttpRequest request) throws Exception {
        HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isIn(200, 204);
        response.headers().firstValue("x-magic-session").ifPresent(id -> session = id);
        reading = true;
        Thread.ofVirtual().start(() -> read(response.body()));
    }

    private void read(InputStream body) {
        try (var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            String id = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    events.add(Json.read(line.substring(6)));
                    lastId = id;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // The gateway is gone.
        } finally {
            reading = false;
        }
    }

    public String session() {
        return session;
    }

    public List<JsonNode> events() {
        return List.copyOf(events);
    }

    public List<String> types() {
        return events.stream().map(event -> event.path("event_type").asText()).toList();
    }

    public List<JsonNode> payloads(String type) {
        return events.stream()
                .filter(event -> event.path("event_type").asText().equals(type))
                .map(event -> event.path("payload"))
                .toList();
    }

    /** All text of that type that was not taken back. */
    public String text(String type) {
        StringBuilder text = new StringBuilder();
        for (JsonNode event : events) {
            if (event.path("event_type").asText().equals(type) && !isTakenBack(event)) {
                text.append(event.at("/payload/text").asText());
            }
        }
        return text.toString();
    }

    private boolean isTakenBack(JsonNode event) {
        return events.stream()
                .filter(other -> other.path("event_type").asText().equals("Retracted"))
                .filter(other -> other.path("seq").asLong() > event.path("seq").asLong())
                .anyMatch(other ->
                        other.at("/payload/call").equals(event.at("/payload/call"))
                                && other.at("/payload/from_seq").asLong()
                                        <= event.path("seq").asLong());
    }

    /** Waits for what the events show. */
    public void await(String what, Predicate<Watcher> condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.test(this)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + what + ": " + events);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    /** Waits until the stream is over, however it ends. */
    public void awaitEndOfStream() {
        await("the end of the stream", watcher -> !watcher.reading);
    }

    /** Waits for the run's end; gives its last event. */
    public JsonNode awaitEnd() {
        awaitEndOfStream();
        JsonNode last = events.getLast();
        assertThat(last.path("event_type").asText())
                .as(types().toString())
                .isIn("FinalAnswerStreamEnd", "error", "cancelled");
        return last;
    }

    /** Each event came once, in order, without a gap. */
    public void sawEachEventOnceInOrder() {
        assertThat(events)
                .extracting(event -> event.path("seq").asLong())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, events.size()).boxed().toList());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
