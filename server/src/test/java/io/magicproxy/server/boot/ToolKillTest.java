package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.Waiting;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway's process is killed while tools are at work. */
class ToolKillTest {
    private static final String SESSIONS = "/v1/react/sessions";
    private static final List<String> EFFECTS = List.of("none", "idempotent", "once");

    @TempDir private Path folder;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() {
        client.shutdownNow();
    }

    @Test
    void a_call_in_flight_is_made_again_with_its_key_or_its_outcome_is_told_as_unknown()
            throws Exception {
        Files.createDirectories(folder.resolve("patterns"));
        Files.createDirectories(folder.resolve("tools"));
        Files.writeString(
                folder.resolve("patterns/pay.js"),
                """
                export const run = async ctx =>
                  `${await ctx.tool(ctx.query, { amount: 7 }).catch(e => e.code)}, and on`;
                """);
        for (String effect : EFFECTS) {
            tool(effect, "for (;;) [].concat(Array.from({ length: 100000 }));");
        }
        Map<String, String> sessions = new LinkedHashMap<>();
        Map<String, String> keys = new LinkedHashMap<>();
        try (Program gateway = gateway()) {
            int port = gateway.port();
            for (String effect : EFFECTS) {
                sessions.put(effect, begun(port, effect));
            }
            for (var session : sessions.entrySet()) {
                Waiting.until(() -> !key(port, session.getValue()).isEmpty());
                keys.put(session.getKey(), key(port, session.getValue()));
            }
            gateway.process().kill();
        }
        for (String effect : EFFECTS) {
            tool(effect, "return `${amount} by ${tool.callId}`;");
        }
        try (Program again = gateway()) {
            int port = again.port();
            for (String effect : EFFECTS) {
                List<JsonNode> events = events(port, Objects.requireNonNull(sessions.get(effect)));
                JsonNode end =
                        events.stream()
                                .filter(event ->
                                        event.path("event_type")
                                                .asText()
                                                .equals("AgentToolCallEnd"))
                                .findFirst()
                                .orElseThrow()
                                .path("payload");
                String answer = events.getLast().at("/payload/text").asText();
                if (effect.equals("once")) {
                    assertThat(end.path("code").asText()).isEqualTo("outcome_unknown");
                    assertThat(answer).isEqualTo("outcome_unknown, and on");
                } else {
                    assertThat(end.path("result").asText()).isEqualTo("7 by " + keys.get(effect));
                    assertThat(answer).isEqualTo("7 by " + keys.get(effect) + ", and on");
                }
            }
        }
    }

    private void tool(String effect, String body) throws Exception {
        Files.writeString(
                folder.resolve("tools/" + effect + ".js"),
                """
                export const manifest = { effect: '%s', timeout: 60 };
                /** @param {number} amount */
                export function run(amount) { %s }
                """
                        .formatted(effect, body));
    }

    private Program gateway() throws Exception {
        Files.writeString(
                folder.resolve("proxy_config.yaml"),
                """
                model_list:
                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                sandbox_settings: {isolation: in_process}
                backend_settings: {queue: {lease: 2s}}
                """);
        return Program.start(folder, "--port", "0");
    }

    /** The session's id; its stream stays open until the gateway dies. */
    private String begun(int port, String tool) throws Exception {
        HttpResponse<InputStream> stream =
                client.send(
                        Program.post(
                                port,
                                SESSIONS,
                                "{\"user_query\":\"%s\",\"model_alias\":\"sim\",\"reasoning_mode\":\"pay\"}"
                                        .formatted(tool)),
                        BodyHandlers.ofInputStream());
        assertThat(stream.statusCode()).isEqualTo(200);
        return stream.headers().firstValue("x-magic-session").orElseThrow();
    }

    /** Of the call that is about to be made; "" before. */
    private String key(int port, String session) throws Exception {
        String record = Program.send(client, Program.get(port, SESSIONS + "/" + session)).body();
        for (JsonNode entry : Json.read(record).at("/journal/entries")) {
            if (entry.path("kind").asText().equals("intent")) {
                return entry.at("/result/key").asText();
            }
        }
        return "";
    }

    private List<JsonNode> events(int port, String session) throws Exception {
        String body =
                Program.send(
                                client,
                                Program.get(port, SESSIONS + "/" + session + "/events?after=0"))
                        .body();
        List<JsonNode> events = new ArrayList<>();
        for (String line : body.lines().toList()) {
            if (line.startsWith("data: ")) {
                events.add(Json.read(line.substring(6)));
            }
        }
        assertThat(events).as(body).isNotEmpty();
        return events;
    }
}
