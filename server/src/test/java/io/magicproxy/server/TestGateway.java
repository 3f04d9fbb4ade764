package io.magicproxy.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.config.Environment;
import io.magicproxy.gateway.Additions;
import io.magicproxy.server.boot.GatewayServer;
import io.magicproxy.server.boot.NodeOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A whole gateway on a free port, with a configuration, keys and data of its own, and a client for
 * it.
 */
public final class TestGateway implements AutoCloseable {
    private final Path folder;
    private final GatewayServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestGateway(Path folder, GatewayServer server) {
        this.folder = folder;
        this.server = server;
    }

    /** What to start with; files that stand in the folder already are kept. */
    public static final class Builder {
        private final Path folder;
        private final Map<String, String> environment = new LinkedHashMap<>();
        private Additions additions = Additions.none();
        private NodeOptions.Role role = NodeOptions.Role.GATEWAY;
        private Optional<Integer> slots = Optional.empty();

        private Builder(Path folder) {
            this.folder = folder;
        }

        /** The configuration's YAML. */
        public Builder config(String yaml) throws IOException {
            Files.writeString(folder.resolve("proxy_config.yaml"), yaml);
            return this;
        }

        /** A pool's file. */
        public Builder keys(String pool, String... lines) throws IOException {
            Files.createDirectories(folder.resolve("keys_pool"));
            Files.writeString(
                    folder.resolve("keys_pool/keys_pool_" + pool + ".env"),
                    String.join("\n", lines) + "\n");
            return this;
        }

        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** What a program that embeds the gateway would add. */
        public Builder additions(Additions more) {
            additions = more;
            return this;
        }

        /** Works at so many runs at a time. */
        public Builder slots(int count) {
            slots = Optional.of(count);
            return this;
        }

        /** Answers no requests. */
        public Builder worker() {
            role = NodeOptions.Role.WORKER;
            return this;
        }

        public TestGateway start() throws Exception {
            var options =
                    new NodeOptions(
                            folder.resolve("proxy_config.yaml"),
                            NodeOptions.Folders.asConfigured(),
                            role,
                            slots,
                            "127.0.0.1",
                            0);
            return new TestGateway(
                    folder,
                    GatewayServer.start(
                            options,
                            Environment.of(environment),
                            InstantSource.system(),
                            additions));
        }
    }

    public static Builder in(Path folder) {
        return new Builder(folder);
    }

    public Path folder() {
        return folder;
    }

    public GatewayServer server() {
        return server;
    }

    public int port() {
        return server.port();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    /** A chat request's body with one message of the user. */
    public static String chat(String model, String more) {
        return "{\"model\":\""
                + model
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"
                + more
                + "}";
    }

    public static String streamed(String model) {
        return chat(model, ",\"stream\":true");
    }

    public HttpResponse<String> post(String path, String json, String... headers) throws Exception {
        return client.send(request(path, json, headers), BodyHandlers.ofString());
    }

    public HttpRequest request(String path, String json, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path))
                        .timeout(Duration.ofSeconds(60))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    public HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** Any other request; without a body if it is empty. */
    public HttpResponse<String> send(String method, String path, String json, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
        if (json.isEmpty()) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(json));
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    public JsonNode json(String path) throws Exception {
        return Json.read(get(path).body());
    }

    public HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.close();
    }
}
