package io.magicproxy.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that speaks plain HTTP, so that tests see what goes over the wire. */
final class McpPeer {
    static final String BOTH = "application/json, text/event-stream";

    private final TestGateway gateway;
    private final String session;
    private final AtomicInteger ids = new AtomicInteger(1);

    private McpPeer(TestGateway gateway, String session) {
        this.gateway = gateway;
        this.session = session;
    }

    static String initialize(String version) {
        return "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\""
                + version
                + "\",\"capabilities\":{},\"clientInfo\":{\"name\":\"peer\",\"version\":\"1\"}}}";
    }

    static McpPeer of(TestGateway gateway) throws Exception {
        return of(gateway, "2025-11-25");
    }

    static McpPeer of(TestGateway gateway, String version) throws Exception {
        HttpResponse<String> opened = gateway.post("/mcp", initialize(version), "Accept", BOTH);
        assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
        var peer =
                new McpPeer(gateway, opened.headers().firstValue("mcp-session-id").orElseThrow());
        assertThat(
                        peer.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}")
                                .statusCode())
                .isEqualTo(202);
        return peer;
    }

    String session() {
        return session;
    }

    HttpResponse<String> send(String message) throws Exception {
        return gateway.post("/mcp", message, "Accept", BOTH, "Mcp-Session-Id", session);
    }

    /** The answer to a request: what is under {@code result} or {@code error}. */
    JsonNode call(String method, String params) throws Exception {
        int id = ids.getAndIncrement();
        HttpResponse<String> response = send(request(id, method, params));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = answer(response.body());
        assertThat(answer.path("id").asInt()).isEqualTo(id);
        return answer.has("error") ? answer.path("error") : answer.path("result");
    }

    /** The last message of the body, whether JSON or events. */
    private static JsonNode answer(String body) throws Exception {
        List<String> data =
                body.lines()
                        .filter(line -> line.startsWith("data: {"))
                        .map(line -> line.substring(6))
                        .toList();
        return Json.read(data.isEmpty() ? body : data.getLast());
    }

    JsonNode tool(String name, String arguments) throws Exception {
        return call("tools/call", "{\"name\":\"" + name + "\",\"arguments\":" + arguments + "}");
    }

    List<String> toolNames() throws Exception {
        List<String> names = new ArrayList<>();
        call("tools/list", "{}").path("tools").forEach(t -> names.add(t.path("name").asText()));
        return names;
    }

    static String request(int id, String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":"
                + id
                + ",\"method\":\""
                + method
                + "\",\"params\":"
                + params
                + "}";
    }

    HttpResponse<String> delete() throws Exception {
        return gateway.client()
                .send(
                        HttpRequest.newBuilder(gateway.uri("/mcp"))
                                .header("Mcp-Session-Id", session)
                                .DELETE()
                                .build(),
                        BodyHandlers.ofString());
    }

    /** A request whose answer is read as it comes. */
    Events post(String message) throws Exception {
        return new Events(
                HttpRequest.newBuilder(gateway.uri("/mcp"))
                        .header("Content-Type", "application/json")
                        .header("Accept", BOTH)
                        .header("Mcp-Session-Id", session)
                        .POST(BodyPublishers.ofString(message))
                        .build());
    }

    /** The stream of what belongs to no request, or one that is gone on with. */
    Events listen(String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(gateway.uri("/mcp"))
                        .header("Accept", "text/event-stream")
                        .header("Mcp-Session-Id", session);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new Events(request.build());
    }

    /** One event. */
    record Event(String id, String data) {
        JsonNode json() throws Exception {
            return Json.read(data);
        }
    }

    /** A stream of events; closing it drops the connection. */
    final class Events implements AutoCloseable {
        private final HttpResponse<InputStream> response;
        private final BlockingQueue<Event> queue = new LinkedBlockingQueue<>();
        private volatile boolean over;

        private Events(HttpRequest request) throws Exception {
            this.response = gateway.client().send(request, BodyHandlers.ofInputStream());
            Thread.ofVirtual().start(this::read);
        }

        int status() {
            return response.statusCode();
        }

        private void read() {
            try (var lines =
                    new BufferedReader(
                            new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                String id = "";
                String data = null;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("id: ")) {
                        id = line.substring(4);
                    } else if (line.startsWith("data: ")) {
                        data = line.substring(6);
                    } else if (line.isEmpty() && data != null) {
                        queue.add(new Event(id, data));
                        data = null;
                    }
                }
            } catch (IOException e) {
                // Closed by the test, or by the gateway.
            } finally {
                over = true;
            }
        }

        Event next() throws InterruptedException {
            return Objects.requireNonNull(queue.poll(30, TimeUnit.SECONDS), "no event came");
        }

        /** The next message, places without one left out. */
        JsonNode message() throws Exception {
            Event event = next();
            while (event.data().isBlank()) {
                event = next();
            }
            return event.json();
        }

        /** Waits until the gateway has ended the stream; what is unread stays. */
        void awaitEnd() throws InterruptedException {
            long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!over && System.nanoTime() < until) {
                Thread.sleep(10);
            }
            assertThat(over).isTrue();
        }

        boolean empty() {
            return queue.isEmpty();
        }

        @Override
        public void close() throws IOException {
            response.body().close();
        }
    }
}
