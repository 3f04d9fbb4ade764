package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
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

/** Asks one question of a gateway that runs, and prints what comes. */
final class AskClient implements AutoCloseable {
    private static final String DATA = "data: ";
    private static final String SESSIONS = "/v1/react/sessions";
    private static final Duration SOON = Duration.ofSeconds(2);

    private final HttpClient client = HttpClient.newHttpClient();
    private final String base;
    private final Optional<String> key;
    private final AskPrinter printer;

    AskClient(String host, int port, Optional<String> key, AskPrinter printer) {
        this.base = "http://" + host + ":" + port;
        this.key = key;
        this.printer = printer;
    }

    /** Returns the exit code. */
    int ask(String alias, String question) throws IOException, InterruptedException {
        var model =
                client.send(
                        request("/v1/models/" + encoded(alias)).build(), BodyHandlers.ofString());
        if (model.statusCode() != 200) {
            return refuse(model.statusCode(), model.body());
        }
        return Json.read(model.body()).path("is_agent").asBoolean(false)
                ? session(alias, question)
                : chat(alias, question);
    }

    private int chat(String alias, String question) throws IOException, InterruptedException {
        ObjectNode body = Json.object().put("model", alias).put("stream", true);
        body.putArray("messages").addObject().put("role", "user").put("content", question);
        HttpResponse<InputStream> response = post("/v1/chat/completions", body);
        try (BufferedReader in = reader(response)) {
            return response.statusCode() == 200
                    ? print(in)
                    : refuse(response.statusCode(), text(in));
        }
    }

    private int print(BufferedReader in) throws IOException {
        boolean complete = false;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(DATA + "[DONE]")) {
                complete = true;
            } else if (line.startsWith(DATA)) {
                JsonNode event = Json.read(line.substring(DATA.length()));
                if (event.has("error")) {
                    printer.problem(event.at("/error/message").asText());
                    return 1;
                }
                JsonNode delta = event.at("/choices/0/delta");
                printer.thought(delta.path("reasoning_content").asText(""));
                printer.answer(delta.path("content").asText(""));
            }
        }
        printer.endLine();
        if (!complete) {
            printer.problem("the answer broke off");
        }
        return complete ? 0 : 1;
    }

    /** With its steps and calls; if the program is stopped, so is the run. */
    private int session(String alias, String question) throws IOException, InterruptedException {
        ObjectNode body = Json.object().put("model_alias", alias).put("user_query", question);
        HttpResponse<InputStream> response = post(SESSIONS, body);
        try (BufferedReader in = reader(response)) {
            if (response.statusCode() != 200) {
                return refuse(response.statusCode(), text(in));
            }
            String id = response.headers().firstValue("x-magic-session").orElse("");
            Thread cancelling = new Thread(() -> cancel(id), "cancel");
            Runtime.getRuntime().addShutdownHook(cancelling);
            try {
                return follow(in);
            } finally {
                withdraw(cancelling);
            }
        }
    }

    private static void withdraw(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is at work: the program is being stopped.
        }
    }

    private int follow(BufferedReader in) throws IOException {
        var session = new AskedSession(printer);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith(DATA)) {
                session.take(Json.read(line.substring(DATA.length())));
            }
        }
        if (!session.ended()) {
            printer.problem(
                    "the stream broke off; GET "
                            + SESSIONS
                            + "/"
                            + session.sessionId()
                            + "/events goes on with it");
        }
        return session.answered() ? 0 : 1;
    }

    private void cancel(String sessionId) {
        try {
            var _ =
                    client.send(
                            request(SESSIONS + "/" + encoded(sessionId) + "/cancel")
                                    .timeout(SOON)
                                    .POST(BodyPublishers.ofString("{}"))
                                    .header("Content-Type", "application/json")
                                    .build(),
                            BodyHandlers.discarding());
        } catch (IOException e) {
            printer.problem("the run goes on: it could not be cancelled");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int refuse(int status, String text) throws IOException {
        String message = text;
        if (text.startsWith("{")) {
            message = Json.read(text).path("error").path("message").asText(text);
        }
        printer.problem(message + " (" + status + ")");
        return 1;
    }

    private HttpResponse<InputStream> post(String path, ObjectNode body)
            throws IOException, InterruptedException {
        return client.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(Json.bytes(body)))
                        .build(),
                BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        key.ifPresent(k -> request.header("Authorization", "Bearer " + k));
        return request;
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static BufferedReader reader(HttpResponse<InputStream> response) {
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private static String text(BufferedReader in) {
        return String.join("\n", in.lines().toList());
    }

    @Override
    public void close() {
        client.close();
    }
}
