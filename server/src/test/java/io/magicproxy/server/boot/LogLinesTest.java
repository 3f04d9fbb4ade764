package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogLinesTest {
    private static final String EVIL =
            "x\n12:00:00.000 SEVERE forged\r\u001b[2J\u0085y\u2028z\u202e\u0000\t\"}\n{\"ts\":\"forged\"}";

    private static LogRecord entry(String message) {
        var entry = new LogRecord(Level.WARNING, message);
        entry.setLoggerName("io.magicproxy.Test");
        return entry;
    }

    @Test
    void whatever_is_logged_stays_one_json_object_on_one_line() throws Exception {
        LogRecord entry = entry(EVIL);
        entry.setThrown(new IllegalStateException(EVIL));
        String line = new JsonLines().format(entry);

        assertThat(line).endsWith("}\n");
        assertThat(line.strip().chars().noneMatch(LogLinesTest::special)).isTrue();
        JsonNode json = Json.read(line);
        assertThat(json.path("message").asText()).isEqualTo(EVIL);
        assertThat(json.path("level").asText()).isEqualTo("WARNING");
        assertThat(json.path("logger").asText()).isEqualTo("io.magicproxy.Test");
        assertThat(json.path("error").asText()).contains("LogLinesTest");
    }

    @Test
    void no_message_can_forge_a_readable_line_or_command_the_terminal() {
        LogRecord entry = entry(EVIL);
        entry.setThrown(new IllegalStateException(EVIL));
        String text = new PlainLines().format(entry);

        List<String> lines = text.lines().toList();
        assertThat(lines.getFirst()).contains("WARNING x\\n12:00:00.000 SEVERE forged\\u000d");
        assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("    "));
        assertThat(text.replace("\n", "").chars().noneMatch(LogLinesTest::special)).isTrue();
    }

    /** What no line may hold, its end apart. */
    private static boolean special(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    @Test
    void plain_text_of_any_language_stays_as_it_is() {
        assertThat(LogText.escaped("Grüße, мир, 世界 😀")).isEqualTo("Grüße, мир, 世界 😀");
    }

    @Test
    void a_line_of_the_gateway_names_its_request_and_its_trace(@TempDir Path folder)
            throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start();
                HttpClient client =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            upstream.enqueue(
                    Reply.json(503, "{\"error\":{\"message\":\"no\"}}"),
                    Reply.json(200, "{\"choices\":[]}"));
            Files.writeString(
                    folder.resolve("proxy_config.yaml"),
                    """
                    model_list:
                      - model_name: main
                        provider: openai
                        model_params: {model: m, api_base: %s/v1, api_key: sk-the-key-of-the-drill}
                    telemetry_settings: {otlp_endpoint: "http://127.0.0.1:1", metrics: false, log_format: text}
                    """
                            .formatted(upstream.url()));
            try (Program gateway =
                    Program.start(
                            folder, Map.of("MAGIC_PROXY_LOG_FORMAT", "json"), "--port", "0")) {
                HttpRequest request =
                        HttpRequest.newBuilder(
                                        Program.post(
                                                gateway.port(),
                                                "/v1/chat/completions",
                                                "{\"model\":\"main\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"),
                                        (_, _) -> true)
                                .header(
                                        "traceparent",
                                        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
                                .header("x-request-id", "asked-7")
                                .build();
                assertThat(Program.send(client, request).statusCode()).isEqualTo(200);
                io.magicproxy.server.Waiting.until(() ->
                        gateway.process().err().stream().anyMatch(line -> line.contains("->")));
                String line =
                        gateway.process().err().stream()
                                .filter(each -> each.contains("->"))
                                .findFirst()
                                .orElseThrow();
                JsonNode json = Json.read(line);
                assertThat(json.path("request_id").asText()).isEqualTo("asked-7");
                assertThat(json.path("trace_id").asText())
                        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
                assertThat(json.path("span_id").asText()).hasSize(16);
                assertThat(json.path("ts").asText()).endsWith("Z");
                assertThat(json.path("message").asText()).contains("main");
            }
        }
    }
}
