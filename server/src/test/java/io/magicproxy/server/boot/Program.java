package io.magicproxy.server.boot;

import io.magicproxy.testing.ChildJvm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code magic-proxy} as a process of its own in a folder, with no environment. */
record Program(ChildJvm process) implements AutoCloseable {
    /** Generous, for a machine that is busy. */
    static final Duration LONG = Duration.ofSeconds(60);

    private static final Pattern URL =
            Pattern.compile("serves at http://127\\.0\\.0\\.1:(\\d+)/v1 \\(ready after \\d+ ms\\)");

    static Program start(Path folder, String... arguments) {
        return start(folder, Map.of(), arguments);
    }

    static Program start(Path folder, Map<String, String> environment, String... arguments) {
        return new Program(ChildJvm.start(Main.class, folder, environment, arguments));
    }

    /** What came of a command that ends by itself. */
    record Ended(int exit, String out, String err) {}

    static Ended run(Path folder, String... arguments) {
        return run(folder, Map.of(), arguments);
    }

    static Ended run(Path folder, Map<String, String> environment, String... arguments) {
        try (Program program = start(folder, environment, arguments)) {
            int exit = program.process.awaitExit(LONG);
            return new Ended(
                    exit,
                    String.join("\n", program.process.out()),
                    String.join("\n", program.process.err()));
        }
    }

    /** Waits until it serves. */
    int port() {
        Matcher url = URL.matcher(process.awaitOut("serves at", LONG));
        if (!url.find()) {
            throw new AssertionError("no URL in " + process.out());
        }
        return Integer.parseInt(url.group(1));
    }

    static HttpRequest get(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LONG)
                .build();
    }

    static HttpRequest post(int port, String path, String json) {
        return HttpRequest.newBuilder(get(port, path), (name, value) -> true)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
    }

    static HttpResponse<String> send(HttpClient client, HttpRequest request)
            throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.close();
    }
}
