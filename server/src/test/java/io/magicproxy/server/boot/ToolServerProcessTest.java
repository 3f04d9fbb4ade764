package io.magicproxy.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools in a process of their own; either process is killed while tools are at work. */
class ToolServerProcessTest {
    private static final String SESSIONS = "/v1/react/sessions";
    private static final String KEY = "key-between-the-two";
    private static final String SECRET = "the-tools-own-secret";
    private static final List<String> EFFECTS = List.of("none", "idempotent", "once");
    private static final String HANGS = "for (;;) [].concat(Array.from({ length: 100000 }));";
    private static final String PAYS = "return `${amount} by ${tool.callId}`;";

    @TempDir private Path folder;
    private int toolsPort;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void prepare() throws Exception {
        try (var free = new ServerSocket(0)) {
            toolsPort = free.getLocalPort();
        }
        Files.createDirectories(folder.resolve("patterns"));
        Files.createDirectories(folder.resolve("tools"));
        Files.createDirectories(folder.resolve("env"));
        Files.writeString(
                folder.resolve("patterns/pay.js"),
                """
                export const run = async ctx =>
                  `${await ctx.tool(ctx.query, { amount: 7 }).catch(e => e.code)}, and on`;
                """);
        Files.writeString(
                folder.resolve("proxy_config.yaml"),
                """
                model_list:
                  - {model_name: sim, provider: simulator, model_params: {model: m}}
                agent_settings:
                  mcp_server_url: "http://127.0.0.1:%d/mcp"
                  mcp_server_key: os.environ/TOOLS_KEY
                sandbox_settings:
                  isolation: in_process
                  grants: {asks: {agents: true}, expert_advice: {agents: true}}
                backend_settings: {queue: {lease: 2s}}
                """
                        .formatted(toolsPort));
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
    }

    @Test
    void the_tools_keep_their_names_their_conduct_and_their_secrets() throws Exception {
        Files.writeString(folder.resolve("env/secretive.env"), "TOKEN=" + SECRET + "\n");
        Files.writeString(
                folder.resolve("tools/secretive.js"),
                """
                export const manifest = { title: 'Secretive', effect: 'idempotent', timeout: 7, concurrency: 3 };
                /** Knows something.
                 * @param {integer} [more=1] */
                export const run = (more = 1) => [tool.env.TOKEN.length + more, `it is ${tool.env.TOKEN}`];
                """);
        Files.writeString(folder.resolve("tools/secretive.scenario.yaml"), "scenarios: []\n");
        Files.writeString(
                folder.resolve("tools/asks.js"),
                """
                export const manifest = { agents: true };
                /** Asks. */
                export async function run() {
                  const said = await tool.agent('sim', 'What is a gateway?');
                  return `it said ${said.answer ?? said}`.slice(0, 30);
                }
                """);
        Files.writeString(
                folder.resolve("patterns/basic_react.js"),
                "export const run = async ctx => ctx.llm(ctx.query);");
        try (Program tools = tools();
                Program gateway = gateway()) {
            int port = gateway.port();
            awaitTool(port, "secretive");

            JsonNode shown = Json.read(get(port, "/tools/secretive").body());
            assertThat(shown.path("title").asText()).isEqualTo("Secretive");
            assertThat(shown.path("effect").asText()).isEqualTo("idempotent");
            assertThat(shown.path("timeout_seconds").asInt()).isEqualTo(7);
            assertThat(shown.path("concurrency").asInt()).isEqualTo(3);
            assertThat(shown.path("source").asText()).isEqualTo("secretive.js");
            assertThat(shown.at("/parameters/properties/more/default").asInt()).isEqualTo(1);
            assertThat(call(port, "secretive", "{}"))
                    .isEqualTo("{\"result\":[21,\"it is [secret]\"]}");
            assertThat(call(port, "secretive", "{\"more\":\"x\"}"))
                    .contains("invalid_arguments", "\\\"more\\\" must be an integer");
            assertThat(call(port, "asks", "{}")).contains("it said ");

            assertThat(get(toolsPort, "/tools").statusCode()).isEqualTo(401);
            assertThat(get(port, "/admin/tools").body())
                    .contains("\"tool_server\"", "\"connected\"")
                    .doesNotContain(KEY);
            assertThat(get(port, "/admin/tools/secretive").statusCode()).isEqualTo(409);
            assertThat(get(port, "/admin/tools/secretive/scenario").statusCode()).isEqualTo(409);
            assertThat(asked("/admin/tools/secretive/scenario").path("content").asText())
                    .startsWith("scenarios:");

            tool("fresh", "none", PAYS);
            awaitTool(port, "fresh");
            Files.delete(folder.resolve("tools/fresh.js"));
            Waiting.until(() -> get(port, "/tools/fresh").statusCode() == 404);
            assertThat(String.join("\n", gateway.process().err())).doesNotContain(KEY, SECRET);
            assertThat(tools.process().isAlive()).isTrue();
        }
    }

    @Test
    void an_agent_whom_a_tool_asks_there_runs_here_as_a_part_of_the_run_that_called_the_tool()
            throws Exception {
        Files.copy(
                Path.of("..", "tools", "expert_advice.py"),
                folder.resolve("tools/expert_advice.py"));
        Files.writeString(
                folder.resolve("patterns/consult.js"),
                """
                export const run = async ctx =>
                  (await ctx.tool('expert_advice', { question: ctx.query, alias: 'sim' })).advice;
                """);
        Files.writeString(
                folder.resolve("patterns/basic_react.js"),
                "export const run = async ctx => `of ${ctx.session.alias}: ${(await ctx.llm(ctx.query)).length > 0}`;");
        try (Program _ = tools();
                Program gateway = gateway()) {
            int port = gateway.port();
            awaitTool(port, "expert_advice");

            JsonNode answer =
                    Json.read(
                            Program.send(
                                            client,
                                            Program.post(
                                                    port,
                                                    SESSIONS,
                                                    "{\"user_query\":\"Is it deductible?\",\"model_alias\":\"sim\",\"reasoning_mode\":\"consult\",\"stream\":false}"))
                                    .body());
            assertThat(answer.path("answer").asText())
                    .as(answer.toString())
                    .isEqualTo("of sim: true");
            // The pattern itself has asked no model.
            assertThat(answer.at("/usage/total_tokens").asInt()).isPositive();

            JsonNode told =
                    events(port, answer.path("session_id").asText()).stream()
                            .filter(event -> event.at("/payload/name").asText().equals("agent"))
                            .findFirst()
                            .orElseThrow();
            String nested = told.at("/payload/data/session_id").asText();
            JsonNode shown = Json.read(get(port, SESSIONS + "/" + nested).body());
            assertThat(shown.findPath("parent").path("run").asText())
                    .as(shown.toString())
                    .isEqualTo(answer.path("run_id").asText());
            assertThat(shown.findPath("request").toString()).contains("Is it deductible?");
        }
    }

    @Test
    void calls_in_flight_when_the_tools_die_are_what_their_effect_says() throws Exception {
        for (String effect : EFFECTS) {
            tool(effect, effect, HANGS);
        }
        try (Program gateway = gateway()) {
            int port = gateway.port();
            Map<String, String> sessions = new LinkedHashMap<>();
            Map<String, String> keys;
            try (Program tools = tools()) {
                tools.process().awaitOut("serve at", Program.LONG);
                awaitTool(port, "once");
                keys = inFlight(port, sessions);
                tools.process().kill();
            }
            Waiting.until(() -> get(port, "/tools").body().contains("\"data\":[]"));
            for (String effect : EFFECTS) {
                tool(effect, effect, PAYS);
            }
            try (Program again = tools()) {
                again.process().awaitOut("serve at", Program.LONG);
                verify(port, sessions, keys);
                awaitTool(port, "once");
                assertThat(call(port, "once", "{\"amount\":1}")).contains("1 by http-");
            }
        }
    }

    @Test
    void calls_in_flight_when_the_gateway_dies_are_what_their_effect_says() throws Exception {
        for (String effect : EFFECTS) {
            tool(effect, effect, HANGS);
        }
        try (Program tools = tools()) {
            tools.process().awaitOut("serve at", Program.LONG);
            Map<String, String> sessions = new LinkedHashMap<>();
            Map<String, String> keys;
            try (Program gateway = gateway()) {
                int port = gateway.port();
                awaitTool(port, "once");
                keys = inFlight(port, sessions);
                gateway.process().kill();
            }
            String before = asked("/tools/once").path("version").asText();
            for (String effect : EFFECTS) {
                tool(effect, effect, PAYS);
            }
            Waiting.until(() -> !asked("/tools/once").path("version").asText().equals(before));
            try (Program again = gateway()) {
                verify(again.port(), sessions, keys);
            }
        }
    }

    /** The keys of the calls that have begun. */
    private Map<String, String> inFlight(int port, Map<String, String> sessions) throws Exception {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String effect : EFFECTS) {
            sessions.put(effect, begun(port, effect));
        }
        for (var session : sessions.entrySet()) {
            Waiting.until(() -> !key(port, session.getValue()).isEmpty());
            keys.put(session.getKey(), key(port, session.getValue()));
        }
        // An intent is recorded before the call goes out; these are at work.
        Waiting.until(() -> asked("/health").path("calls").asInt() >= EFFECTS.size());
        return keys;
    }

    private void verify(int port, Map<String, String> sessions, Map<String, String> keys)
            throws Exception {
        for (String effect : EFFECTS) {
            List<JsonNode> events = events(port, Objects.requireNonNull(sessions.get(effect)));
            String answer = events.getLast().at("/payload/text").asText();
            assertThat(answer)
                    .as(events.toString())
                    .isEqualTo(
                            effect.equals("once")
                                    ? "outcome_unknown, and on"
                                    : "7 by " + keys.get(effect) + ", and on");
        }
    }

    private void tool(String name, String effect, String body) throws Exception {
        Files.writeString(
                folder.resolve("tools/" + name + ".js"),
                """
                export const manifest = { effect: '%s', timeout: 60 };
                /** @param {number} amount */
                export function run(amount) { %s }
                """
                        .formatted(effect, body));
    }

    private Program tools() {
        return Program.start(
                folder, Map.of("TOOLS_KEY", KEY), "tools", "--port", String.valueOf(toolsPort));
    }

    private Program gateway() {
        return Program.start(folder, Map.of("TOOLS_KEY", KEY), "--port", "0");
    }

    private HttpResponse<String> get(int port, String path)
            throws IOException, InterruptedException {
        return Program.send(client, Program.get(port, path));
    }

    /** Of the tools' process itself. */
    private JsonNode asked(String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(Program.get(toolsPort, path), (_, _) -> true)
                        .header("Authorization", "Bearer " + KEY)
                        .build();
        return Json.read(Program.send(client, request).body());
    }

    private String call(int port, String tool, String arguments) throws Exception {
        return Program.send(client, Program.post(port, "/tools/" + tool, arguments)).body();
    }

    private void awaitTool(int port, String name) throws Exception {
        Waiting.until(() -> get(port, "/tools/" + name).statusCode() == 200);
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
        for (JsonNode entry :
                Json.read(get(port, SESSIONS + "/" + session).body()).at("/journal/entries")) {
            if (entry.path("kind").asText().equals("intent")) {
                return entry.at("/result/key").asText();
            }
        }
        return "";
    }

    private List<JsonNode> events(int port, String session) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line :
                get(port, SESSIONS + "/" + session + "/events?after=0").body().lines().toList()) {
            if (line.startsWith("data: ")) {
                events.add(Json.read(line.substring(6)));
            }
        }
        assertThat(events).isNotEmpty();
        return events;
    }
}
