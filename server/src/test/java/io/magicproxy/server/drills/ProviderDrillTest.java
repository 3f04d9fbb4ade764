package io.magicproxy.server.drills;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider dies in the middle of a session: seen at both doors. */
class ProviderDrillTest {
    private static final String LOOP =
            """
            export const getPromptStructure = () =>
              [{ tag: 'RULES', content: 'Reason in <THOUGHT> tags, then write the <FINAL_ANSWER>.' }];
            """;

    private static final String STEPS =
            """
            export async function run(ctx) {
              const all = [];
              for (const name of ['one', 'two', 'three']) {
                ctx.step(name);
                all.push(await ctx.llm(name));
              }
              return all.join(', ');
            }
            """;

    /** Forty tokens of a thought, more of it, and the answer. */
    private static final String[] THINKS =
            Stream.of(
                            Stream.of("<THOUGHT>"),
                            Stream.of(ModelReply.tokens("t", 60)),
                            Stream.of("</THOUGHT>", "<FINAL_ANSWER>"),
                            Stream.of(ModelReply.tokens("a", 60)),
                            Stream.of("</FINAL_ANSWER>"))
                    .flatMap(parts -> parts)
                    .toArray(String[]::new);

    private static final String THOUGHT = String.join("", ModelReply.tokens("t", 60));
    private static final String ANSWER = String.join("", ModelReply.tokens("a", 60)).strip();

    /** The same thought, and another answer. */
    private static final String[] CHANGES_ITS_MIND =
            Stream.of(THINKS).map(token -> token.replaceFirst("^a", "b")).toArray(String[]::new);

    private static final int UP_TO_40_OF_THE_THOUGHT = 1 + 40;
    private static final int UP_TO_40_OF_THE_ANSWER = 1 + 60 + 2 + 40;

    @TempDir private Path folder;
    private final ScriptedUpstream primary = ScriptedUpstream.start();
    private final ScriptedUpstream backup = ScriptedUpstream.start();
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        Path patterns = Files.createDirectories(folder.resolve("patterns"));
        Files.writeString(patterns.resolve("loop.mjs"), LOOP);
        Files.writeString(patterns.resolve("steps.mjs"), STEPS);
        Files.createDirectories(folder.resolve("tools"));
        gateway =
                TestGateway.in(folder)
                        .config(
                                """
                                model_list:
                                  - model_name: primary
                                    provider: openai
                                    key_pool: two
                                    model_params: {model: gpt-x, api_base: %s/v1, agent_settings: {reasoning_mode: loop}}
                                  - model_name: backup
                                    provider: openai
                                    model_params: {model: gpt-y, api_base: %s/v1, api_key: sk-the-backup-key-here}
                                router_settings:
                                  model_group_alias: {main: [primary, backup]}
                                  retry_after: 0
                                agent_settings: {reasoning_mode: steps}
                                sandbox_settings: {isolation: in_process}
                                """
                                        .formatted(primary.url(), backup.url()))
                        .keys("two", "sk-aaaaaaaaaaaaaaaa", "sk-bbbbbbbbbbbbbbbb")
                        .start();
        backup.always(request -> ModelReply.of("backup ", ModelReply.question(request)));
    }

    @AfterEach
    void stop() {
        gateway.close();
        primary.close();
        backup.close();
    }

    private Watcher session(String pattern) throws Exception {
        Watcher watcher = new Watcher();
        ObjectNode body =
                Json.object()
                        .put("model_alias", "main")
                        .put("reasoning_mode", pattern)
                        .put("user_query", "why?");
        watcher.ask(gateway.port(), Json.text(body));
        var _ = watcher.awaitEnd();
        watcher.sawEachEventOnceInOrder();
        return watcher;
    }

    /** A chat stream: its chunks, and the raw text. */
    private record Chat(HttpResponse<String> response, List<JsonNode> chunks) {
        String text(String field) {
            StringBuilder all = new StringBuilder();
            chunks.forEach(chunk -> all.append(chunk.at("/choices/0/delta/" + field).asText("")));
            return all.toString();
        }

        String session() {
            return response.headers().firstValue("x-magic-session").orElseThrow();
        }

        boolean endsWell() {
            return response.body().endsWith("data: [DONE]\n\n");
        }
    }

    private Chat chat() throws Exception {
        HttpResponse<String> response =
                gateway.post("/v1/chat/completions", TestGateway.streamed("main"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<JsonNode> chunks = new ArrayList<>();
        for (String line : response.body().lines().toList()) {
            if (line.startsWith("data: {")) {
                chunks.add(Json.read(line.substring(6)));
            }
        }
        return new Chat(response, chunks);
    }

    @Test
    void cut_after_40_tokens_of_a_thought_a_session_takes_them_back_and_goes_on() throws Exception {
        primary.enqueue(
                ModelReply.of(THINKS).cutAfter(UP_TO_40_OF_THE_THOUGHT), ModelReply.of(THINKS));
        try (Watcher watcher = session("loop")) {
            JsonNode retracted = watcher.payloads("Retracted").getFirst();
            assertThat(watcher.payloads("Retracted")).hasSize(1);
            StringBuilder before = new StringBuilder();
            for (JsonNode event : watcher.events()) {
                if (event.path("event_type").asText().equals("Retracted")) {
                    break;
                }
                before.append(event.at("/payload/text").asText());
            }
            assertThat(before).hasToString(String.join("", ModelReply.tokens("t", 40)));
            assertThat(retracted.path("call").asText()).isEqualTo("1");
            assertThat(watcher.text("AgentThoughtStream")).isEqualTo(THOUGHT);
            assertThat(watcher.text("FinalAnswerStream").strip()).isEqualTo(ANSWER);
            assertThat(watcher.events().getLast().at("/payload/text").asText()).isEqualTo(ANSWER);
        }
        assertThat(primary.requests()).hasSize(2);
    }

    @Test
    void cut_after_40_tokens_of_the_answer_a_session_takes_them_back_and_gives_it_anew()
            throws Exception {
        primary.enqueue(
                ModelReply.of(THINKS).cutAfter(UP_TO_40_OF_THE_ANSWER),
                ModelReply.of(CHANGES_ITS_MIND));
        try (Watcher watcher = session("loop")) {
            assertThat(watcher.types())
                    .containsSubsequence(
                            "FinalAnswerStream",
                            "Retracted",
                            "FinalAnswerStream",
                            "ModelCall",
                            "FinalAnswerStreamEnd");
            assertThat(watcher.text("FinalAnswerStream").strip())
                    .isEqualTo(ANSWER.replace('a', 'b'));
            assertThat(watcher.text("AgentThoughtStream")).isEqualTo(THOUGHT);
        }
    }

    @Test
    void cut_in_a_thought_a_chat_stream_goes_on_and_its_answer_is_whole() throws Exception {
        primary.enqueue(
                ModelReply.of(THINKS).cutAfter(UP_TO_40_OF_THE_THOUGHT), ModelReply.of(THINKS));
        Chat chat = chat();
        assertThat(chat.endsWell()).as(chat.response().body()).isTrue();
        assertThat(chat.text("content").strip()).isEqualTo(ANSWER);
        // Thoughts can't be taken back here; the new ones are told whole.
        assertThat(chat.text("reasoning_content"))
                .startsWith(String.join("", ModelReply.tokens("t", 40)))
                .endsWith(THOUGHT);
    }

    @Test
    void cut_in_the_answer_a_chat_stream_goes_on_if_the_new_one_begins_in_the_same_way()
            throws Exception {
        primary.enqueue(
                ModelReply.of(THINKS).cutAfter(UP_TO_40_OF_THE_ANSWER), ModelReply.of(THINKS));
        Chat chat = chat();
        assertThat(chat.endsWell()).as(chat.response().body()).isTrue();
        assertThat(chat.text("content").strip()).isEqualTo(ANSWER);
    }

    @Test
    void cut_in_the_answer_a_chat_stream_whose_new_one_differs_is_told_so_and_the_session_goes_on()
            throws Exception {
        primary.enqueue(
                ModelReply.of(THINKS).cutAfter(UP_TO_40_OF_THE_ANSWER),
                ModelReply.of(CHANGES_ITS_MIND).every(Duration.ofMillis(5)));
        Chat chat = chat();
        assertThat(chat.endsWell()).isFalse();
        assertThat(chat.response().body()).doesNotContain("[DONE]");
        // As much of the first answer as was told before it broke off, and nothing of the second.
        assertThat(chat.text("content")).isNotEmpty();
        assertThat(String.join("", ModelReply.tokens("a", 40))).startsWith(chat.text("content"));
        JsonNode error = chat.chunks().getLast().path("error");
        assertThat(error.path("code").asText()).isEqualTo("answer_interrupted");
        assertThat(error.path("message").asText()).contains(chat.session());

        String events = gateway.get("/v1/react/sessions/" + chat.session() + "/events").body();
        assertThat(events).contains("FinalAnswerStreamEnd", ANSWER.replace('a', 'b'));
    }

    @Test
    void a_provider_that_breaks_off_again_and_again_hands_over_to_the_next_one() throws Exception {
        primary.always(request -> ModelReply.of(THINKS).cutAfter(UP_TO_40_OF_THE_ANSWER));
        backup.always(request -> ModelReply.of(THINKS));
        try (Watcher watcher = session("loop")) {
            JsonNode call = watcher.payloads("ModelCall").getFirst();
            assertThat(call.path("profile").asText()).isEqualTo("backup");
            assertThat(watcher.events().getLast().at("/payload/text").asText()).isEqualTo(ANSWER);
            assertThat(watcher.text("FinalAnswerStream").strip()).isEqualTo(ANSWER);
        }
    }

    @Test
    void a_provider_that_dies_between_steps_costs_time_only_and_the_events_show_it()
            throws Exception {
        // With the second question it is gone, and takes no more connections.
        primary.always(request -> {
            if (!ModelReply.question(request).equals("one")) {
                primary.close();
            }
            return ModelReply.of("first");
        });
        try (Watcher watcher = session("steps")) {
            assertThat(watcher.events().getLast().at("/payload/text").asText())
                    .isEqualTo("first, backup two, backup three");
            List<JsonNode> calls = watcher.payloads("ModelCall");
            assertThat(calls)
                    .extracting(call -> call.path("profile").asText())
                    .containsExactly("primary", "backup", "backup");
            assertThat(calls.get(0).path("attempts").asInt()).isEqualTo(1);
            assertThat(calls.get(0).path("fallbacks").asInt()).isZero();
            assertThat(calls.get(1).path("attempts").asInt()).isGreaterThan(1);
            assertThat(calls.get(1).path("fallbacks").asInt()).isEqualTo(1);
            assertThat(watcher.types()).doesNotContain("error", "Retracted");
        }
        assertThat(backup.requests().stream().map(ModelReply::question))
                .containsExactly("two", "three");
    }

    @Test
    void a_key_that_dies_between_steps_hands_over_to_the_next_key_and_the_events_show_it()
            throws Exception {
        AtomicInteger refused = new AtomicInteger();
        primary.always(request -> {
            boolean first = request.header("authorization").orElse("").contains("aaaa");
            if (first && !ModelReply.question(request).equals("one")) {
                refused.incrementAndGet();
                return Reply.json(401, "{\"error\":{\"message\":\"Incorrect API key provided\"}}");
            }
            return ModelReply.of("re ", ModelReply.question(request));
        });
        try (Watcher watcher = session("steps")) {
            assertThat(watcher.events().getLast().at("/payload/text").asText())
                    .isEqualTo("re one, re two, re three");
            List<JsonNode> calls = watcher.payloads("ModelCall");
            assertThat(calls)
                    .extracting(call -> call.path("profile").asText())
                    .containsOnly("primary");
            assertThat(calls)
                    .extracting(call -> call.path("attempts").asInt())
                    .containsExactlyInAnyOrder(1, 2, 1);
        }
        assertThat(refused).hasValue(1);
        assertThat(gateway.get("/admin/keys").body()).contains("retired", "Incorrect API key");
        assertThat(backup.requests()).isEmpty();
    }

    @Test
    void a_chat_client_that_leaves_has_the_call_of_its_agent_given_up() throws Exception {
        primary.always(request -> ModelReply.of(THINKS).hangAfter(UP_TO_40_OF_THE_ANSWER));
        var response =
                gateway.client()
                        .send(
                                gateway.request(
                                        "/v1/chat/completions", TestGateway.streamed("main")),
                                BodyHandlers.ofInputStream());
        try (var body = response.body()) {
            assertThat(body.read()).isPositive();
        }
        primary.awaitClosed(Duration.ofSeconds(30));
        String id = response.headers().firstValue("x-magic-session").orElseThrow();
        try (Watcher watcher = new Watcher()) {
            watcher.comeBack(gateway.port(), id);
            assertThat(watcher.awaitEnd().path("event_type").asText()).isEqualTo("cancelled");
        }
    }
}
