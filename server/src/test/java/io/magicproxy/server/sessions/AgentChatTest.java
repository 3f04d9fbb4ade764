package io.magicproxy.server.sessions;

import static io.magicproxy.server.sessions.Stage.CHAT;
import static io.magicproxy.server.sessions.Stage.SESSIONS;
import static io.magicproxy.server.sessions.Stage.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.sessions.Stage.Live;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Agents behind {@code /v1/chat/completions}. */
@TestInstance(Lifecycle.PER_CLASS)
class AgentChatTest {
    private static final String TELLS =
            """
            export function run(ctx) {
              ctx.step('Tell');
              ctx.thought('I tell.');
              return JSON.stringify({query: ctx.query, history: ctx.history, attachments: ctx.attachments,
                                     client: ctx.instructions.client});
            }
            """;

    /** The built-in loop's answer is a thought here, and the model's text the answer. */
    private static final String TWICE =
            """
            export async function run(ctx) {
              const found = await ctx.react();
              ctx.step('Synthesis');
              return ctx.llm('Say again: ' + found, {stream: 'answer'});
            }
            """;

    private static final String LOOP =
            """
            export const getPromptStructure = () => [{tag: 'RULES', content:
              'Reason in <THOUGHT> tags, then write the <FINAL_ANSWER>.'}];
            """;

    private Stage stage;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        stage =
                Stage.with(
                        folder,
                        Map.of(
                                "agent.js",
                                TELLS,
                                "twice.js",
                                TWICE,
                                "loop.js",
                                LOOP,
                                "plain.js",
                                "export const run = () => 'plain';",
                                "asks.js",
                                "export const run = (ctx) => ctx.llm('hello', {model: ctx.params.model, stream: 'answer'});",
                                "turns.js",
                                "export async function run(ctx) { await ctx.llm('one two three', {stream: 'answer'});"
                                        + " return 'something else'; }",
                                "throws.js",
                                "export function run() { throw new Error('kaputt'); }"),
                        "");
    }

    @AfterAll
    void stop() {
        stage.close();
    }

    @Test
    void the_last_user_message_is_the_query_and_the_system_message_an_instruction()
            throws Exception {
        JsonNode answer =
                stage.answer(
                        CHAT,
                        chat(
                                "alias",
                                "system",
                                "Be kind.",
                                "user",
                                "one?",
                                "assistant",
                                "1",
                                "user",
                                "two?"));

        JsonNode message = answer.at("/choices/0/message");
        JsonNode told = Json.read(message.path("content").asText());
        assertThat(told.path("query").asText()).isEqualTo("two?");
        assertThat(Stage.texts(told.path("history"), "content")).containsExactly("one?", "1");
        assertThat(told.path("client").asText()).isEqualTo("Be kind.");
        assertThat(message.path("reasoning_content").asText()).isEqualTo("I tell.");
        assertThat(answer.path("object").asText()).isEqualTo("chat.completion");
        assertThat(answer.path("model").asText()).isEqualTo("alias");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void what_is_no_text_in_the_question_goes_along() throws Exception {
        ObjectNode body = chat("agent");
        var parts =
                ((com.fasterxml.jackson.databind.node.ArrayNode) body.path("messages"))
                        .addObject()
                        .put("role", "user")
                        .putArray("content");
        parts.addObject().put("type", "text").put("text", "look");
        parts.addObject().put("type", "image_url").putObject("image_url").put("url", "data:,");

        JsonNode told =
                Json.read(stage.answer(CHAT, body).at("/choices/0/message/content").asText());
        assertThat(told.path("query").asText()).isEqualTo("look");
        assertThat(told.at("/attachments/0/type").asText()).isEqualTo("image_url");
    }

    @Test
    void a_stream_tells_thoughts_then_the_answer_and_only_it() throws Exception {
        ObjectNode body = pattern("twice", "What is a gateway?").put("stream", true);
        body.putObject("stream_options").put("include_usage", true);

        HttpResponse<String> response = stage.post(CHAT, body);

        String session = response.headers().firstValue("x-magic-session").orElseThrow();
        List<JsonNode> chunks = Stage.events(response.body());
        String answer = stage.record(session).at("/run_list/0/result/text").asText();
        assertThat(content(chunks)).isEqualTo(answer).startsWith("[simulator]");
        assertThat(reasoning(chunks)).contains("[simulator]").doesNotContain("<");
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(chunks.getLast().path("usage"))
                .isEqualTo(stage.record(session).at("/run_list/0/result/usage"));
        assertThat(response.body()).endsWith("data: [DONE]\n\n");
    }

    @Test
    void usage_sums_all_calls() throws Exception {
        JsonNode answer = stage.answer(CHAT, pattern("twice", "What is a gateway?"));
        String session =
                stage.post(CHAT, pattern("twice", "What is a gateway?"))
                        .headers()
                        .firstValue("x-magic-session")
                        .orElseThrow();
        long sum = 0;
        for (JsonNode entry : stage.record(session).at("/journal/entries")) {
            sum += entry.at("/result/usage/total_tokens").asLong();
        }
        assertThat(answer.at("/usage/total_tokens").asLong()).isEqualTo(sum).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"tools\": [{\"type\": \"function\"}] | tools       | tools of its own",
                "\"n\": 2                              | n           | must be 1",
                "\"messages\": []                      | messages    | role user",
                "\"messages\": [{\"role\": \"user\"}]  | messages[0].content | the agent's question",
                "\"messages\": [{\"role\": \"me\"}, {\"role\": \"user\", \"content\": \"x\"}] | messages[0].role | one of assistant",
                "\"reasoning_mode\": \"lop\"           | reasoning_mode | did you mean \"loop\"?",
            })
    void what_an_agent_cannot_do_is_refused_with_the_reason(String field, String param, String says)
            throws Exception {
        ObjectNode body = chat("agent", "user", "x");
        Json.read("{" + field + "}").properties().forEach(f -> body.set(f.getKey(), f.getValue()));

        JsonNode error = stage.refused(400, CHAT, body);
        assertThat(error.path("param").asText()).isEqualTo(param);
        assertThat(error.path("message").asText()).contains(says);
    }

    @Test
    void an_agent_says_that_it_cannot_keep_to_tags() throws Exception {
        JsonNode error = stage.refused(400, CHAT, chat("agent", "user", "x"), "x-magic-tags", "eu");

        assertThat(error.path("message").asText()).contains("x-magic-tags holds for models");
    }

    @Test
    void an_alias_whose_first_profile_is_no_agent_is_a_model() throws Exception {
        HttpResponse<String> response = stage.post(CHAT, chat("plain", "user", "hi"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-magic-session")).isEmpty();
        JsonNode models = stage.gateway.json("/v1/models/all-runnable");
        for (JsonNode model : models) {
            boolean agent = List.of("agent", "alias").contains(model.path("id").asText());
            assertThat(model.path("is_agent").asBoolean()).as(model.toString()).isEqualTo(agent);
            assertThat(model.path("pattern").asText()).isEqualTo(agent ? "agent" : "null");
        }
    }

    @Test
    void a_response_format_holds_for_the_final_answer() throws Exception {
        ObjectNode body = pattern("loop", "What is a gateway?");
        body.putObject("response_format")
                .put("type", "json_schema")
                .putObject("json_schema")
                .put("name", "answer")
                .set(
                        "schema",
                        Json.read(
                                "{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"number\"}},\"required\":[\"v\"]}"));

        String whole = stage.answer(CHAT, body).at("/choices/0/message/content").asText();
        List<JsonNode> chunks = Stage.events(stage.post(CHAT, body.put("stream", true)).body());

        assertThat(Json.read(whole).path("v").isNumber()).isTrue();
        assertThat(content(chunks)).isEqualTo(whole);
    }

    @Test
    void max_tokens_holds_for_the_final_answer() throws Exception {
        JsonNode loop = stage.answer(CHAT, pattern("loop", "What is it?").put("max_tokens", 5));
        assertThat(loop.at("/choices/0/message/content").asText())
                .hasSizeBetween(1, 20)
                .startsWith("[simulator]");
        assertThat(loop.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(loop.at("/choices/0/message/reasoning_content").asText()).hasSizeGreaterThan(20);

        JsonNode called = stage.answer(CHAT, pattern("twice", "What is it?").put("max_tokens", 5));
        assertThat(called.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(called.at("/choices/0/message/content").asText().split(" ")).hasSize(5);
    }

    @Test
    void a_failure_before_any_output_is_an_http_status_also_in_a_stream() throws Exception {
        for (boolean stream : List.of(false, true)) {
            HttpResponse<String> failed =
                    stage.post(CHAT, pattern("throws", "x").put("stream", stream));
            assertThat(failed.statusCode()).isEqualTo(500);
            assertThat(failed.body()).contains("kaputt").doesNotContain("at run");
            assertThat(failed.headers().firstValue("x-should-retry")).contains("false");
            assertThat(failed.headers().firstValue("x-magic-session")).isPresent();
        }
    }

    @Test
    void an_answer_that_turns_into_another_one_ends_the_stream_with_an_error() throws Exception {
        HttpResponse<String> response = stage.post(CHAT, pattern("turns", "x").put("stream", true));
        String session = response.headers().firstValue("x-magic-session").orElseThrow();

        JsonNode error = Stage.events(response.body()).getLast().path("error");
        assertThat(error.path("code").asText()).isEqualTo("answer_interrupted");
        assertThat(error.path("message").asText()).contains(session);
        assertThat(response.body()).doesNotContain("[DONE]");
        assertThat(
                        stage.answer(CHAT, pattern("turns", "x"))
                                .at("/choices/0/message/content")
                                .asText())
                .isEqualTo("something else");
    }

    @Test
    void an_answer_that_breaks_off_and_begins_the_same_way_goes_on() throws Exception {
        ObjectNode body = pattern("asks", "x").put("stream", true);
        body.putObject("params").put("model", "shaky");
        // Every second call is cut after six tokens.
        stage.post(CHAT, body);
        String second = stage.post(CHAT, body).body();

        assertThat(second).endsWith("data: [DONE]\n\n");
        assertThat(content(Stage.events(second))).startsWith("[simulator]").endsWith(".");
    }

    @Test
    void a_caller_who_leaves_cancels_the_run_unless_it_is_detached() throws Exception {
        for (boolean detached : List.of(false, true)) {
            ObjectNode body = pattern("asks", "x").put("stream", true);
            body.putObject("params").put("model", "slow");
            String session;
            try (Live live = stage.open(CHAT, body, "x-magic-detach", Boolean.toString(detached))) {
                session = live.session();
                assertThat(live.lines().readLine()).startsWith("data: ");
            }
            Stage.await(() ->
                    stage.record(session)
                            .path("state")
                            .asText()
                            .equals(detached ? "answered" : "cancelled"));
        }
    }

    @Test
    void a_chat_answer_can_be_watched_as_a_session_too() throws Exception {
        HttpResponse<String> response = stage.post(CHAT, chat("agent", "user", "x"));
        String session = response.headers().firstValue("x-magic-session").orElseThrow();
        assertThat(stage.gateway.get(SESSIONS + "/" + session + "/events").body())
                .contains("worker_ack", "FinalAnswerStreamEnd");
    }

    private static ObjectNode pattern(String name, String question) {
        return chat("agent", "user", question).put("reasoning_mode", name);
    }

    private static String content(List<JsonNode> chunks) {
        return joined(chunks, "content");
    }

    private static String reasoning(List<JsonNode> chunks) {
        return joined(chunks, "reasoning_content");
    }

    private static String joined(List<JsonNode> chunks, String field) {
        StringBuilder all = new StringBuilder();
        chunks.forEach(chunk -> all.append(chunk.at("/choices/0/delta/" + field).asText("")));
        return all.toString();
    }
}
