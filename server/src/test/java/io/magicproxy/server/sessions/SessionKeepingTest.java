package io.magicproxy.server.sessions;

import static io.magicproxy.server.sessions.Stage.SESSIONS;
import static io.magicproxy.server.sessions.Stage.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.sessions.Stage.Live;
import io.magicproxy.server.sessions.Stage.Watched;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of sessions, and what operators see of them. */
class SessionKeepingTest {
    private static final String SECRET = "the rabbit lives in the second hutch";

    private static final Map<String, String> PATTERNS =
            Map.of(
                    "echo.js",
                            """
                            export async function run(ctx) {
                              ctx.step('about ' + ctx.query);
                              ctx.thought(ctx.query);
                              ctx.emit('told', ctx.query);
                              await ctx.agent('sim', ctx.query, {reasoning_mode: 'plain'});
                              return ctx.llm(ctx.query, {stream: 'answer'});
                            }
                            """,
                    "plain.js", "export const run = (ctx) => ctx.query;",
                    "asks.js", "export const run = (ctx) => ctx.llm('hello');",
                    "cuts.js",
                            "export const getPromptStructure = () => [{tag: 'R', content: 'Write the <FINAL_ANSWER>.'}];");

    @TempDir private Path folder;

    @Test
    void without_store_content_nothing_of_what_was_said_is_left_but_what_was_done_is()
            throws Exception {
        String yaml = "backend_settings: {store_content: false, drop_content_after: 1s}\n";
        try (Stage stage = Stage.with(folder, PATTERNS, yaml)) {
            Watched seen = stage.run(ask("echo", SECRET).put("session_id", "private"));
            assertThat(seen.answer()).contains(SECRET);

            Stage.await(() -> !everything(stage).contains(SECRET));

            JsonNode record = stage.record("private");
            assertThat(record.at("/run_list/0/request/dropped").asBoolean()).isTrue();
            assertThat(record.at("/run_list/0/result/usage"))
                    .isEqualTo(seen.last().at("/payload/usage"));
            assertThat(record.at("/journal/total").asInt()).isEqualTo(3);
            var events = Stage.events(stage.gateway.get(SESSIONS + "/private/events").body());
            assertThat(Stage.texts(Json.object().arrayNode().addAll(events), "event_type"))
                    .isEqualTo(seen.types());
            for (String verb : new String[] {"/resume", "/fork"}) {
                assertThat(
                                stage.refused(
                                                409,
                                                SESSIONS + "/private" + verb,
                                                verb.equals("/fork")
                                                        ? Json.object().put("from_step", 1)
                                                        : Json.object())
                                        .path("code")
                                        .asText())
                        .isEqualTo("content_dropped");
            }
            assertThat(stage.run(ask("plain", "next").put("session_id", "private")).answer())
                    .isEqualTo("next");
        }
        assertThat(
                        Files.readString(
                                folder.resolve("data/magic-proxy.db"), StandardCharsets.ISO_8859_1))
                .doesNotContain(SECRET);
    }

    /** All that can be read of all sessions. */
    private static String everything(Stage stage) throws Exception {
        StringBuilder all = new StringBuilder();
        for (JsonNode session : stage.gateway.json(SESSIONS).path("data")) {
            String path = SESSIONS + "/" + session.path("id").asText();
            all.append(stage.gateway.get(path).body());
            all.append(stage.gateway.get(path + "/events").body());
        }
        return all.toString();
    }

    @Test
    void what_was_guessed_of_an_answers_usage_is_marked() throws Exception {
        Files.createDirectories(folder.resolve("patterns"));
        Files.writeString(folder.resolve("patterns/cuts.js"), PATTERNS.get("cuts.js"));
        try (ScriptedUpstream upstream = ScriptedUpstream.start();
                TestGateway gateway = TestGateway.in(folder).config(yaml(upstream.url())).start()) {
            upstream.enqueue(
                    Reply.sse(
                                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                                            + "\"<FINAL_ANSWER>forty letters are about ten of the tokens</FINAL_ANSWER> and\"}}]}")
                            .hangAfter(1));
            // The answer is cut at its end tag, before the provider has told what it took.
            Watched seen =
                    Stage.watched(
                            gateway.post(
                                    SESSIONS,
                                    "{\"model_alias\":\"real\",\"reasoning_mode\":\"cuts\",\"user_query\":\"x\"}"));
            JsonNode call = seen.payloads("ModelCall").getFirst();
            assertThat(call.path("finish_reason").asText()).isEqualTo("cut");
            assertThat(call.at("/usage/completion_tokens").asInt()).isBetween(10, 30);
            assertThat(call.at("/usage/estimated").asBoolean()).isTrue();
            assertThat(seen.last().at("/payload/usage/estimated").asBoolean()).isTrue();

            upstream.enqueue(
                    Reply.sse(
                            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"whole\"},\"finish_reason\":\"stop\"}]}",
                            "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1,\"total_tokens\":8}}",
                            "[DONE]"));
            Watched told =
                    Stage.watched(
                            gateway.post(
                                    SESSIONS,
                                    "{\"model_alias\":\"real\",\"reasoning_mode\":\"cuts\",\"user_query\":\"y\"}"));
            assertThat(told.last().at("/payload/usage/total_tokens").asInt()).isEqualTo(8);
            assertThat(told.last().at("/payload/usage").has("estimated")).isFalse();
        }
    }

    private static String yaml(String upstream) {
        return """
        model_list:
          - model_name: real
            provider: openai
            model_params: {model: gpt-x, api_base: %s/v1, api_key: sk-of-the-keeping-test}
        sandbox_settings: {isolation: in_process}
        """
                .formatted(upstream);
    }

    @Test
    void a_full_queue_answers_at_once_and_a_run_without_a_worker_is_cancelled() throws Exception {
        String yaml = "backend_settings: {queue: {slots: 1, capacity: 1, ack_seconds: 2s}}\n";
        JsonNode hangs = ask("asks", "x").put("model_alias", "hangs");
        String[] key = {"Idempotency-Key", "third"};
        try (Stage stage = Stage.with(folder, PATTERNS, yaml);
                Live working = stage.open(SESSIONS, hangs)) {
            working.next("worker_ack");
            try (Live waiting = stage.open(SESSIONS, hangs)) {
                var full = stage.post(SESSIONS, ask("plain", "x"), key);
                assertThat(full.statusCode()).isEqualTo(429);
                assertThat(full.headers().firstValue("Retry-After")).isPresent();
                assertThat(full.body()).contains("queue_full");
                assertThat(stage.gateway.json(SESSIONS).path("data")).hasSize(2);

                JsonNode error = waiting.next("error").path("payload");
                assertThat(error.path("code").asText()).isEqualTo("no_worker");
                assertThat(error.path("resumable").asBoolean()).isTrue();
                assertThat(stage.record(waiting.session()).path("state").asText())
                        .isEqualTo("cancelled");
            }
            stage.answer(SESSIONS + "/" + working.session() + "/cancel", Json.object());
            // The key that was answered 429 begins a run now.
            assertThat(stage.run(ask("plain", "x"), key).answer()).isEqualTo("x");
        }
    }

    @Test
    void health_and_metrics_tell_of_sessions() throws Exception {
        try (Stage stage = Stage.with(folder, PATTERNS, "");
                Live live = stage.open(SESSIONS, ask("asks", "x").put("model_alias", "hangs"))) {
            live.next("worker_ack");
            JsonNode sessions = stage.gateway.json("/health").path("sessions");
            assertThat(sessions.path("store").asText()).isEqualTo("UP");
            assertThat(sessions.path("active").asInt()).isEqualTo(1);
            assertThat(sessions.path("waiting").asInt()).isZero();
            assertThat(sessions.path("slots").asInt()).isEqualTo(256);
            assertThat(sessions.path("script_hosts").isArray()).isTrue();

            stage.run(ask("echo", "x"));
            // A run is counted once its last event is out.
            Stage.await(() -> stage.gateway.get("/metrics").body().contains("session_runs_total"));
            String metrics = stage.gateway.get("/metrics").body();
            assertThat(metrics)
                    .containsPattern("magic_proxy_session_runs_total\\{.*answered.*echo.*} 1")
                    .containsPattern("magic_proxy_session_steps_total\\{.*echo.*} 1")
                    .containsPattern("magic_proxy_session_runs_open\\{.*active.*} 1")
                    .containsPattern("magic_proxy_session_runs_open\\{.*waiting.*} 0")
                    .containsPattern("magic_proxy_script_duration_seconds_count.* [1-9]")
                    .contains("magic_proxy_script_hosts", "magic_proxy_session_run_duration");
        }
    }
}
