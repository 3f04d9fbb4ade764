package io.magicproxy.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Reads the stream of changes in the background, as the page does. */
final class EventReader implements AutoCloseable {
    private final List<JsonNode> events = new CopyOnWriteArrayList<>();
    private final InputStream body;
    private volatile boolean ended;

    /** From now on, or from after an event. */
    EventReader(TestGateway gateway, String... lastEventId) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri("/admin/events"));
        for (String id : lastEventId) {
            request.header("Last-Event-ID", id);
        }
        HttpResponse<InputStream> response =
                gateway.client().send(request.build(), BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        this.body = response.body();
        Thread.ofVirtual().start(this::read);
        Waiting.until(() -> !events.isEmpty());
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: ")) {
                    events.add(Json.read(line.substring("data: ".length())));
                }
            }
        } catch (IOException e) {
            // It is closed, by us or by the gateway.
        } finally {
            ended = true;
        }
    }

    List<JsonNode> events() {
        return events;
    }

    boolean ended() {
        return ended;
    }

    String lastId() {
        return events.getLast().path("id").asText();
    }

    /** Waits for an event of that kind and name. */
    JsonNode await(String kind, String name) throws Exception {
        return await(event ->
                event.path("kind").asText().equals(kind)
                        && event.path("name").asText().equals(name));
    }

    JsonNode await(Predicate<JsonNode> wanted) throws Exception {
        Waiting.until(() -> found(wanted).isPresent());
        return found(wanted).orElseThrow();
    }

    private Optional<JsonNode> found(Predicate<JsonNode> wanted) {
        return events.stream().filter(wanted).findFirst();
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
