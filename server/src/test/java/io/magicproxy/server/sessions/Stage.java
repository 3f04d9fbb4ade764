package io.magicproxy.server.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * A gateway with patterns of the test, the sandbox in this process, and the simulator: {@code sim}
 * is quick, {@code slow} takes its time, {@code hangs} says nothing, {@code shaky} breaks off;
 * {@code agent} reasons by the pattern of that name.
 */
final class Stage implements AutoCloseable {
    static final String SESSIONS = "/v1/react/sessions";
    static final String CHAT = "/v1/chat/completions";

    private static final String MODELS =
            """
            model_list:
              - {model_name: sim, provider: simulator, model_params: {model: m, faults: {tokens_per_second: 100000}}}
              - {model_name: slow, provider: simulator, model_params: {model: m, faults: {tokens_per_second: 15}}}
              - {model_name: hangs, provider: simulator, model_params: {model: m, faults: {failure: hang}}}
              - {model_name: shaky, provider: simulator, model_params: {model: m, faults: [{cut_after_tokens: 6, every: 2}, {tokens_per_second: 100000}]}}
              - {model_name: vectors, provider: simulator, model_params: {model: e}, model_info: {mode: embedding}}
              - model_name: agent
                provider: simulator
                model_params: {model: m, faults: {tokens_per_second: 100000}, agent_settings: {reasoning_mode: agent, tools: [add]}}
            router_settings:
              model_group_alias: {alias: [agent, sim], plain: [sim, agent]}
            agent_settings: {reasoning_mode: plain}
            sandbox_settings: {isolation: in_process}
            """;

    private static final String ADD =
            """
            export const run = ({ a, b }) => ({ sum: a + b });
            export const schema = {
              description: 'Adds two numbers',
              parameters: {type: 'object', properties: {a: {type: 'number'}, b: {type: 'number'}}, required: ['a', 'b']},
            };
            """;

    final TestGateway gateway;

    private Stage(TestGateway gateway) {
        this.gateway = gateway;
    }

    /** With these patterns, by their files' names, and further lines of configuration. */
    static Stage with(Path folder, Map<String, String> patterns, String moreYaml) throws Exception {
        Path files = Files.createDirectories(folder.resolve("patterns"));
        for (var pattern : patterns.entrySet()) {
            Files.writeString(files.resolve(pattern.getKey()), pattern.getValue());
        }
        Files.writeString(Files.createDirectories(folder.resolve("tools")).resolve("add.js"), ADD);
        return new Stage(TestGateway.in(folder).config(MODELS + moreYaml).start());
    }

    static ObjectNode ask(String pattern, String query) {
        return Json.object()
                .put("model_alias", "sim")
                .put("reasoning_mode", pattern)
                .put("user_query", query);
    }

    static ObjectNode chat(String model, String... rolesAndTexts) {
        ObjectNode body = Json.object().put("model", model);
        var messages = body.putArray("messages");
        for (int i = 0; i < rolesAndTexts.length; i += 2) {
            messages.addObject().put("role", rolesAndTexts[i]).put("content", rolesAndTexts[i + 1]);
        }
        return body;
    }

    HttpResponse<String> post(String path, JsonNode body, String... headers) throws Exception {
        return gateway.post(path, Json.text(body), headers);
    }

    /** The whole answer to a request that succeeds. */
    JsonNode answer(String path, JsonNode body, String... headers) throws Exception {
        HttpResponse<String> response = post(path, body, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Json.read(response.body());
    }

    /** The error of a request that is refused with that status. */
    JsonNode refused(int status, String path, JsonNode body, String... headers) throws Exception {
        HttpResponse<String> response = post(path, body, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).doesNotContain("\tat ", "Exception");
        return Json.read(response.body()).path("error");
    }

    /** Runs a session to its end. */
    Watched run(JsonNode body, String... headers) throws Exception {
        return watched(post(SESSIONS, body, headers));
    }

    static Watched watched(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new Watched(
                response.headers().firstValue("x-magic-session").orElse(""),
                response.headers().firstValue("x-magic-run").orElse(""),
                events(response.body()));
    }

    /** What a watcher has seen. */
    record Watched(String session, String run, List<JsonNode> events) {
        List<String> types() {
            return events.stream().map(event -> event.path("event_type").asText()).toList();
        }

        List<JsonNode> payloads(String type) {
            return events.stream()
                    .filter(event -> event.path("event_type").asText().equals(type))
                    .map(event -> event.path("payload"))
                    .toList();
        }

        String text(String type) {
            StringBuilder text = new StringBuilder();
            payloads(type).forEach(payload -> text.append(payload.path("text").asText()));
            return text.toString();
        }

        JsonNode last() {
            return events.getLast();
        }

        String answer() {
            assertThat(last().path("event_type").asText())
                    .as(last().toString())
                    .isEqualTo("FinalAnswerStreamEnd");
            return last().at("/payload/text").asText();
        }
    }

    static List<JsonNode> events(String body) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line : body.lines().toList()) {
            if (line.startsWith("data: ") && !line.equals("data: [DONE]")) {
                events.add(Json.read(line.substring(6)));
            }
        }
        return events;
    }

    /** A stream that is being read. */
    record Live(HttpResponse<InputStream> response, BufferedReader lines) implements AutoCloseable {
        String session() {
            return response.headers().firstValue("x-magic-session").orElseThrow();
        }

        /** Reads to the next event of that type. */
        JsonNode next(String type) throws Exception {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: ")) {
                    JsonNode event = Json.read(line.substring(6));
                    if (event.path("event_type").asText().equals(type)) {
                        return event;
                    }
                }
            }
            throw new AssertionError("the stream ended before an event " + type);
        }

        /** Leaves. */
        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    Live open(String path, JsonNode body, String... headers) throws Exception {
        var response =
                gateway.client()
                        .send(
                                gateway.request(path, Json.text(body), headers),
                                BodyHandlers.ofInputStream());
        return new Live(
                response,
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
    }

    JsonNode record(String session) throws Exception {
        return gateway.json(SESSIONS + "/" + session);
    }

    static List<String> texts(JsonNode list, String field) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(one -> one.path(field).asText())
                .toList();
    }

    interface Check {
        boolean holds() throws Exception;
    }

    /** Waits until it holds. */
    static void await(Check check) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!check.holds() && System.nanoTime() < until) {
            Thread.sleep(20);
        }
        assertThat(check.holds()).isTrue();
    }

    @Override
    public void close() {
        gateway.close();
    }
}
