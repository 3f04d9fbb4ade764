package io.magicproxy.server;

import static io.magicproxy.server.TestGateway.chat;
import static io.magicproxy.server.TestGateway.streamed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches everything that the gateway says and keeps for the keys that it holds. */
class SecrecyTest {
    private static final String KEY = "sk-SECRETSECRETSECRET-provider-key";
    private static final String OWN = "sk-SECRETSECRETSECRET-own-profile-key";
    private static final String MASTER = "mk-SECRETSECRETSECRET-master";
    private static final String MARK = "SECRETSECRET";

    @TempDir private Path folder;
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());

    @Test
    void no_key_is_in_any_log_answer_header_metric_or_file() throws Exception {
        Logger root = Logger.getLogger("");
        Handler ear = new Ear();
        Level before = root.getLevel();
        root.addHandler(ear);
        root.setLevel(Level.FINE);
        try (ScriptedUpstream upstream = ScriptedUpstream.start()) {
            upstream.always(request ->
                    echo(upstream.requests().size(), request.header("authorization").orElse("")));
            scenario(upstream);
        } finally {
            root.setLevel(before);
            root.removeHandler(ear);
        }

        assertThat(String.join("\n", said))
                .contains("retired", "x-magic-attempts")
                .doesNotContain(MARK);
    }

    private void scenario(ScriptedUpstream upstream) throws Exception {
        try (TestGateway gateway = gateway(upstream)) {
            String[] auth = {"Authorization", "Bearer " + MASTER};
            for (int i = 0; i < 24; i++) {
                hear(
                        gateway.post(
                                "/v1/chat/completions",
                                chat(i % 2 == 0 ? "main" : "own", ""),
                                auth));
                hear(
                        gateway.post(
                                "/v1/chat/completions",
                                streamed(i % 2 == 0 ? "main" : "own"),
                                auth));
                hear(
                        gateway.post(
                                "/v1/chat/completions",
                                chat("main", ""),
                                "Authorization",
                                "Bearer wrong"));
            }
            for (String path :
                    List.of(
                            "/health",
                            "/metrics",
                            "/admin/keys",
                            "/admin/config/status",
                            "/v1/models",
                            "/v1/models/all-runnable",
                            "/nothing")) {
                hear(gateway.get(path, auth));
            }
            said.add(gateway.server().gateway().current().toString());
            said.add(gateway.server().gateway().status().toString());
            hearFiles(folder.resolve("data"));
        }
        hearFiles(folder.resolve("data"));
    }

    private TestGateway gateway(ScriptedUpstream upstream) throws Exception {
        return TestGateway.in(folder)
                .config(
                        """
                        model_list:
                          - {model_name: main, provider: openai, key_pool: p, model_params: {model: m, api_base: %1$s}}
                          - {model_name: own, provider: openai, model_params: {model: m, api_base: %1$s, api_key: %2$s}}
                        router_settings: {num_retries: 0, timeout: 2s}
                        key_management_settings: {retire_after: 2, quarantine_seconds: 1}
                        security_settings: {master_key: os.environ/MASTER}
                        """
                                .formatted(upstream.url(), OWN))
                .keys("p", KEY, KEY + "2 weight=3", "not a key line " + KEY)
                .environment("MASTER", MASTER)
                .start();
    }

    /** Failures of each kind, by providers that quote the key. */
    private static Reply echo(int n, String authorization) {
        String words =
                "{\"error\":{\"message\":\"you sent '" + authorization + "'\",\"code\":\"x\"}}";
        return switch (n % 9) {
            case 0 -> Reply.json(401, words);
            case 1 -> Reply.json(429, words);
            case 2 -> Reply.json(500, words);
            case 3 -> Reply.json(400, words);
            case 4 -> Reply.body(403, "text/html", ("<html>" + authorization).getBytes(ISO_8859_1));
            case 5 -> Reply.json(402, words);
            case 6 -> Reply.reset();
            case 7 -> Reply.json(200, "{\"choices\":[]}");
            default -> Reply.json(404, words);
        };
    }

    private void hear(HttpResponse<String> response) {
        said.add(response.statusCode() + " " + response.headers().map() + response.body());
    }

    private void hearFiles(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                said.add(file + new String(Files.readAllBytes(file), ISO_8859_1));
            }
        }
    }

    private final class Ear extends Handler {
        @Override
        public void publish(LogRecord entry) {
            said.add(new SimpleFormatter().format(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
