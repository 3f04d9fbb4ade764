package io.magicproxy.server.sessions;

import static io.magicproxy.server.sessions.Stage.SESSIONS;
import static io.magicproxy.server.sessions.Stage.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.sessions.Stage.Watched;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a session can be asked for, and what is said of requests that can't be met. */
@TestInstance(Lifecycle.PER_CLASS)
class SessionRequestTest {
    private static final String TELLS =
            """
            export const manifest = {
              params: {type: 'object', properties: {n: {type: 'integer', minimum: 1}}, additionalProperties: false},
            };
            export function run(ctx) {
              return JSON.stringify({
                query: ctx.query, history: ctx.history, attachments: ctx.attachments, params: ctx.params,
                tools: ctx.tools.map((tool) => tool.name), instructions: ctx.instructions,
                left: ctx.budget, session: ctx.session,
              });
            }
            """;

    private static final String ASKS =
            "export function run(ctx) { return ctx.llm('hello', {temperature: 0.5}); }";

    private Stage stage;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        stage =
                Stage.with(
                        folder,
                        Map.of(
                                "tells.js",
                                TELLS,
                                "asks.js",
                                ASKS,
                                "plain.js",
                                "export const run = () => 'plain';",
                                "agent.js",
                                "export const run = () => 'agent';",
                                "needs.js",
                                "export const manifest = {requires: ['add']};"
                                        + "export const run = () => 'had it';"),
                        "");
    }

    @AfterAll
    void stop() {
        stage.close();
    }

    @Test
    void every_field_reaches_the_pattern_or_the_record() throws Exception {
        ObjectNode body = ask("tells", "how many?").put("stream", false);
        body.putObject("params").put("n", 3);
        body.put("client_system_instruction", "Be kind.");
        body.putArray("attachments").addObject().put("type", "text").put("text", "a part");
        body.putArray("history").addObject().put("role", "user").put("content", "before");
        body.putArray("tools").add("add");
        body.putObject("limits").put("max_steps", 4).put("max_tokens_total", 1000);
        body.putObject("metadata").put("ticket", "T-1");
        body.putArray("client_manifests").add("House rules.");
        body.putArray("safety_settings").addObject().put("category", "x").put("threshold", "y");

        JsonNode answer = stage.answer(SESSIONS, body);
        JsonNode told = Json.read(answer.path("answer").asText());
        JsonNode record = stage.record(answer.path("session_id").asText());

        assertThat(told.path("query").asText()).isEqualTo("how many?");
        assertThat(told.at("/params/n").asInt()).isEqualTo(3);
        assertThat(told.at("/instructions/client").asText()).isEqualTo("Be kind.\n\nHouse rules.");
        assertThat(told.at("/attachments/0/text").asText()).isEqualTo("a part");
        assertThat(told.at("/history/0/content").asText()).isEqualTo("before");
        assertThat(told.path("tools").toString()).isEqualTo("[\"add\"]");
        assertThat(told.at("/left/steps").asInt()).isEqualTo(4);
        assertThat(told.at("/left/tokens").asInt()).isEqualTo(1000);
        assertThat(told.at("/session/id")).isEqualTo(answer.path("session_id"));
        assertThat(record.at("/run_list/0/request/metadata/ticket").asText()).isEqualTo("T-1");
        assertThat(
                        record.at("/journal/entries/0/result/input/instructions/client_manifests/0")
                                .asText())
                .isEqualTo("House rules.");
        assertThat(
                        record.at(
                                        "/journal/entries/0/result/input/options/safety_settings/0/category")
                                .asText())
                .isEqualTo("x");
    }

    @Test
    void a_known_session_id_adds_a_run_and_an_unknown_one_is_used() throws Exception {
        Watched first = stage.run(ask("tells", "one").put("session_id", "my-talk_1"));
        Watched second = stage.run(ask("tells", "two").put("session_id", "my-talk_1"));

        assertThat(first.session()).isEqualTo("my-talk_1");
        assertThat(second.session()).isEqualTo("my-talk_1");
        assertThat(second.events().getFirst().path("seq").asInt())
                .isEqualTo(first.last().path("seq").asInt() + 1);
        assertThat(second.last().path("run").asInt()).isEqualTo(2);
        JsonNode history = Json.read(second.answer()).path("history");
        assertThat(Stage.texts(history, "role")).containsExactly("user", "assistant");
        assertThat(history.at("/0/content").asText()).isEqualTo("one");
        assertThat(history.at("/1/content").asText()).isEqualTo(first.answer());
    }

    @Test
    void which_pattern_runs_the_requests_else_the_first_profiles_else_the_global_one()
            throws Exception {
        ObjectNode body = Json.object().put("user_query", "hi").put("stream", false);
        assertThat(answered(body.deepCopy().put("model_alias", "alias"))).isEqualTo("agent");
        // The second profile of the chain is an agent, too; it doesn't count.
        assertThat(answered(body.deepCopy().put("model_alias", "plain"))).isEqualTo("plain");
        assertThat(answered(body.deepCopy().put("model_alias", "sim"))).isEqualTo("plain");
        assertThat(
                        answered(
                                body.deepCopy()
                                        .put("model_alias", "alias")
                                        .put("reasoning_mode", "needs")))
                .isEqualTo("had it");
    }

    private String answered(ObjectNode body) throws Exception {
        return stage.answer(SESSIONS, body).path("answer").asText();
    }

    @Test
    void a_version_is_run_by_its_hash() throws Exception {
        String version =
                stage.run(ask("plain", "x"))
                        .payloads("worker_ack")
                        .getFirst()
                        .path("pattern_version")
                        .asText();

        assertThat(stage.run(ask("plain", "x").put("pattern_version", version)).answer())
                .isEqualTo("plain");
        assertThat(
                        stage.refused(400, SESSIONS, ask("plain", "x").put("pattern_version", "0"))
                                .path("message")
                                .asText())
                .contains("has no version 0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"sesion_id\": \"x\"                 | sesion_id          | did you mean \"session_id\"?",
                "\"colour\": 1                        | colour             | there are attachments",
                "\"user_query\": 5                    | user_query         | of the type string",
                "\"user_query\": \" \"                | user_query         | isn't empty",
                "\"model_alias\": \"simm\"            | model_alias        | did you mean \"sim\"?",
                "\"model_alias\": \"vectors\"         | model_alias        | no chat model",
                "\"session_id\": \"../x\"             | session_id         | up to 128 letters",
                "\"session_id\": \"events\"           | session_id         | taken",
                "\"reasoning_mode\": \"tels\"         | reasoning_mode     | did you mean \"tells\"?",
                "\"params\": {\"n\": 0}               | params             | minimum",
                "\"params\": {\"m\": 0}               | params             | is not known",
                "\"client_manifests\": \"text\"       | client_manifests   | of the type array",
                "\"client_manifests\": [1]            | client_manifests[0] | a text",
                "\"attachments\": [\"x\"]             | attachments[0]     | content part",
                "\"history\": [{\"role\": \"me\"}]    | history[0]         | role one of",
                "\"safety_settings\": [1]             | safety_settings[0] | an object",
                "\"tools\": [\"multiply\"]            | tools              | there are add",
                "\"tools\": [{\"type\": \"function\"}] | tools[0]          | name of a tool",
                "\"limits\": {\"max_step\": 1}        | limits.max_step    | did you mean \"max_steps\"?",
                "\"limits\": {\"max_steps\": 1.5}     | limits.max_steps   | whole number",
                "\"limits\": {\"max_steps\": 0}       | limits.max_steps   | from 1",
                "\"options\": {\"model\": \"slow\"}   | options.model      | for the pattern to say",
                "\"metadata\": []                     | metadata           | of the type object",
                "\"stream\": \"yes\"                  | stream             | of the type boolean",
                "\"fork\": {\"run\": \"x\"}           | fork               | /fork",
            })
    void what_is_wrong_is_named_with_its_remedy(String field, String param, String says)
            throws Exception {
        ObjectNode body = ask("tells", "x");
        Json.read("{" + field + "}").properties().forEach(f -> body.set(f.getKey(), f.getValue()));

        JsonNode error = stage.refused(400, SESSIONS, body);

        assertThat(error.path("param").asText()).isEqualTo(param);
        assertThat(error.path("message").asText()).startsWith(param + ": ").contains(says);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    }

    @Test
    void an_agents_tools_are_those_that_it_may_use() throws Exception {
        ObjectNode body = ask("needs", "x").put("model_alias", "agent");
        assertThat(stage.run(body).answer()).isEqualTo("had it");

        body.putArray("tools");
        assertThat(stage.refused(400, SESSIONS, body).path("message").asText())
                .contains("needs the tool \"add\"");
    }

    @Test
    void a_caller_may_ask_for_less_than_the_agents_limits_but_not_for_more() throws Exception {
        ObjectNode body = ask("tells", "x");
        body.putObject("limits").put("max_steps", 4_294_967_297L).put("max_seconds", 5);

        JsonNode left = Json.read(stage.run(body).answer()).path("left");
        assertThat(left.path("steps").asInt()).isEqualTo(12);
        assertThat(left.path("seconds").asDouble()).isLessThanOrEqualTo(5);
    }

    @Test
    void a_repeated_post_rejoins_its_run() throws Exception {
        String[] key = {"Idempotency-Key", "once"};
        Watched first = stage.run(ask("asks", "x"), key);
        Watched again = stage.run(ask("asks", "x"), key);
        JsonNode whole = stage.answer(SESSIONS, ask("asks", "x").put("stream", false), key);

        assertThat(again).isEqualTo(first);
        assertThat(whole.path("run_id").asText()).isEqualTo(first.run());
        assertThat(stage.refused(400, SESSIONS, ask("asks", "y"), key).path("message").asText())
                .contains("another request");
        assertThat(
                        stage.refused(
                                        400,
                                        SESSIONS,
                                        ask("asks", "y"),
                                        "Idempotency-Key",
                                        "k".repeat(201))
                                .path("message")
                                .asText())
                .contains("200");
    }

    @Test
    void bodies_that_nobody_can_read_are_refused() throws Exception {
        assertThat(stage.gateway.post(SESSIONS, "{\"a\":").statusCode()).isEqualTo(400);
        assertThat(stage.gateway.post(SESSIONS, "[]").body()).contains("must be a JSON object");
        assertThat(stage.gateway.post(SESSIONS, "{\"a\":1,\"a\":2}").body()).contains("twice");
        assertThat(stage.gateway.get(SESSIONS + "/nobody").statusCode()).isEqualTo(404);
        assertThat(
                        stage.refused(404, SESSIONS + "/nobody/cancel", Json.object())
                                .path("code")
                                .asText())
                .isEqualTo("session_not_found");
    }
}
