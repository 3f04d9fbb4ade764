package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Speaks to the admin API of a gateway that runs. Returns exit codes; refusals are printed. */
final class AdminClient implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newHttpClient();
    private final String base;
    private final Optional<String> masterKey;
    private final PrintWriter errors;

    /** What is done with an answer. */
    @FunctionalInterface
    interface Reader {
        int read(JsonNode answer) throws IOException, InterruptedException;
    }

    AdminClient(String host, int port, Optional<String> masterKey, PrintWriter errors) {
        this.base = "http://" + host + ":" + port;
        this.masterKey = masterKey;
        this.errors = errors;
    }

    int get(String path, Reader reader) throws IOException, InterruptedException {
        return send(request(path).build(), reader);
    }

    int post(String path, ObjectNode body, Reader reader) throws IOException, InterruptedException {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(Json.bytes(body)))
                        .build(),
                reader);
    }

    int delete(String path, String version) throws IOException, InterruptedException {
        return send(
                request(path).header("If-Match", "\"" + version + "\"").DELETE().build(), _ -> 0);
    }

    private int send(HttpRequest request, Reader reader) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        String body = response.body();
        boolean json = body.startsWith("{");
        if (response.statusCode() < 300) {
            return reader.read(json ? Json.read(body) : Json.object());
        }
        String message = json ? Json.read(body).at("/error/message").asText(body) : body;
        errors.println("magic-proxy: " + message + " (" + response.statusCode() + ")");
        if (response.statusCode() == 401 && masterKey.isEmpty()) {
            errors.println("set MAGIC_PROXY_MASTER_KEY to the gateway's master key");
        }
        return 1;
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(LONG);
        masterKey.ifPresent(key -> request.header("Authorization", "Bearer " + key));
        return request;
    }

    static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        client.close();
    }
}
