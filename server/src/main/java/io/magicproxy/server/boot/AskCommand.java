package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.config.Environment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * One question in the terminal, the answer streamed: by the gateway that runs, else by one started
 * for it.
 */
@Command(
        name = "ask",
        description = "Ask a model one question; the answer is streamed.",
        mixinStandardHelpOptions = true)
final class AskCommand implements Callable<Integer> {
    private static final String DATA = "data: ";
    private static final String DIM = "\u001B[2m";
    private static final String PLAIN = "\u001B[0m";

    private final Environment environment;
    private final InstantSource clock;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ServerOptions options = new ServerOptions();

    @Parameters(
            index = "0",
            paramLabel = "ALIAS",
            description = "The model to ask, see GET /v1/models.")
    private String alias = "";

    @Parameters(index = "1", paramLabel = "QUESTION", description = "The question.")
    private String question = "";

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description =
                    "Where a running gateway is (MAGIC_PROXY_HOST). Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            defaultValue = "8001",
            converter = PortConverter.class,
            description = "Its port (MAGIC_PROXY_PORT). Default: ${DEFAULT-VALUE}.")
    private int port = 8001;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Its key, if it wants one (MAGIC_PROXY_KEY).")
    private Optional<String> key = Optional.empty();

    AskCommand(Environment environment, InstantSource clock) {
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() throws Exception {
        try {
            return ask(host, port);
        } catch (ConnectException nobodyThere) {
            try (GatewayServer server =
                    GatewayServer.start(options.at("127.0.0.1", 0), environment, clock)) {
                return ask("127.0.0.1", server.port());
            }
        }
    }

    private int ask(String at, int itsPort) throws IOException, InterruptedException {
        ObjectNode body = Json.object().put("model", alias).put("stream", true);
        body.putArray("messages").addObject().put("role", "user").put("content", question);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create("http://" + at + ":" + itsPort + "/v1/chat/completions"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(Json.bytes(body)));
        key.ifPresent(k -> request.header("Authorization", "Bearer " + k));
        try (HttpClient client = HttpClient.newHttpClient()) {
            var response = client.send(request.build(), BodyHandlers.ofInputStream());
            try (var in =
                    new BufferedReader(
                            new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                return response.statusCode() == 200 ? print(in) : refuse(response, in);
            }
        }
    }

    private int refuse(HttpResponse<?> response, BufferedReader in) throws IOException {
        String text = String.join("\n", in.lines().toList());
        String message = Json.read(text).path("error").path("message").asText(text);
        spec.commandLine()
                .getErr()
                .println("magic-proxy: " + message + " (" + response.statusCode() + ")");
        return 1;
    }

    /** Thoughts are dimmed on a terminal. */
    private int print(BufferedReader in) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        boolean colours = Terminals.interactive();
        boolean complete = false;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(DATA + "[DONE]")) {
                complete = true;
            } else if (line.startsWith(DATA)) {
                JsonNode event = Json.read(line.substring(DATA.length()));
                if (event.has("error")) {
                    spec.commandLine()
                            .getErr()
                            .println("\nmagic-proxy: " + event.at("/error/message").asText());
                    return 1;
                }
                JsonNode delta = event.at("/choices/0/delta");
                String thought = delta.path("reasoning_content").asText("");
                out.print(colours && !thought.isEmpty() ? DIM + thought + PLAIN : thought);
                out.print(delta.path("content").asText(""));
                out.flush();
            }
        }
        out.println();
        if (!complete) {
            spec.commandLine().getErr().println("magic-proxy: the answer broke off");
        }
        return complete ? 0 : 1;
    }
}
