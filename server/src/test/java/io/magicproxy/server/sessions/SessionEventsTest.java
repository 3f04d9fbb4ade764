package io.magicproxy.server.sessions;

import static io.magicproxy.server.sessions.Stage.SESSIONS;
import static io.magicproxy.server.sessions.Stage.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.sessions.Stage.Live;
import io.magicproxy.server.sessions.Stage.Watched;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What watchers of sessions see. */
@TestInstance(Lifecycle.PER_CLASS)
class SessionEventsTest {
    private static final String ALL =
            """
            export async function run(ctx) {
              ctx.step('Look');
              ctx.thought('I look.');
              await ctx.tool('add', {a: 2, b: 3});
              try { await ctx.tool('nothing', {}); } catch (error) { ctx.emit('caught', {code: error.code}); }
              ctx.step('Ask');
              const asked = await ctx.agent('sim', 'nested', {reasoning_mode: 'plain'});
              return await ctx.llm('Say it: ' + asked, {stream: 'answer', title: 'Saying'});
            }
            """;

    private static final String STAGES =
            """
            export const getPromptStructure = () => [{tag: 'RULES', content:
              'An empty <ACTION></ACTION> ends a stage. Then write the <FINAL_ANSWER>.'}];
            """;

    private static final String FLOOD =
            """
            export function run(ctx) {
              for (let i = 0; i < 60; i++) ctx.emit('big', 'x'.repeat(100000));
              return 'done';
            }
            """;

    private Stage stage;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        stage =
                Stage.with(
                        folder,
                        Map.of(
                                "all.js",
                                ALL,
                                "stages.js",
                                STAGES,
                                "flood.js",
                                FLOOD,
                                "plain.js",
                                "export const run = () => 'plain';",
                                "throws.js",
                                "export function run(ctx) { ctx.step('x'); throw new Error('kaputt'); }",
                                "asks.js",
                                "export const run = (ctx) => ctx.llm('hello');"),
                        "streaming_settings: {heartbeat: 1s}\n");
    }

    @AfterAll
    void stop() {
        stage.close();
    }

    @Test
    void each_event_has_the_envelope_and_its_types_fields() throws Exception {
        Watched seen = stage.run(ask("all", "x"));

        for (int i = 0; i < seen.events().size(); i++) {
            JsonNode event = seen.events().get(i);
            assertThat(names(event))
                    .containsExactlyInAnyOrder(
                            "event_type", "payload", "session_id", "run", "seq", "ts");
            assertThat(event.path("session_id").asText()).isEqualTo(seen.session());
            assertThat(event.path("run").asInt()).isEqualTo(1);
            assertThat(event.path("seq").asInt()).isEqualTo(i + 1);
            assertThat(Instant.parse(event.path("ts").asText())).isBefore(Instant.now());
        }
        assertThat(seen.types().getFirst()).isEqualTo("worker_ack");
        JsonNode ack = seen.payloads("worker_ack").getFirst();
        assertThat(names(ack)).contains("worker", "pattern", "pattern_version");
        assertThat(ack.path("pattern").asText()).isEqualTo("all");
        assertThat(seen.payloads("StepStart").toString())
                .isEqualTo("[{\"step\":1,\"title\":\"Look\"}, {\"step\":2,\"title\":\"Ask\"}]");
        JsonNode thought = seen.payloads("AgentThoughtStream").getFirst();
        assertThat(thought.path("text").asText()).isEqualTo("I look.");
        assertThat(thought.path("char")).isEqualTo(thought.path("text"));
        JsonNode toolStart = seen.payloads("AgentToolCallStart").getFirst();
        assertThat(toolStart.path("tool_name").asText()).isEqualTo("add");
        assertThat(toolStart.path("arguments").toString()).isEqualTo("{\"a\":2,\"b\":3}");
        JsonNode toolEnd = seen.payloads("AgentToolCallEnd").getFirst();
        assertThat(toolEnd.at("/result/sum").asInt()).isEqualTo(5);
        assertThat(toolEnd.path("duration_ms").isIntegralNumber()).isTrue();
        assertThat(seen.payloads("AgentToolCallEnd").getLast().path("error").asText())
                .contains("no tool \"nothing\"");
    }

    @Test
    void models_answers_and_nested_agents_are_told_with_what_they_took() throws Exception {
        Watched seen = stage.run(ask("all", "x"));

        JsonNode call = seen.payloads("ModelCall").getLast();
        assertThat(names(call))
                .contains(
                        "call",
                        "title",
                        "profile",
                        "provider",
                        "attempts",
                        "latency_ms",
                        "usage",
                        "cost",
                        "finish_reason");
        assertThat(call.path("profile").asText()).isEqualTo("sim");
        assertThat(call.path("title").asText()).isEqualTo("Saying");
        List<JsonNode> custom = seen.payloads("Custom");
        assertThat(custom.getFirst().toString())
                .isEqualTo("{\"name\":\"caught\",\"data\":{\"code\":\"unknown_tool\"}}");
        String nested = custom.getLast().at("/data/session_id").asText();
        assertThat(stage.record(nested).at("/run_list/0/parent/run").asText())
                .isEqualTo(seen.run());
        JsonNode end = seen.payloads("FinalAnswerStreamEnd").getFirst();
        assertThat(names(end))
                .contains("text", "char", "usage", "cost", "steps", "model_calls", "finish_reason");
        assertThat(seen.text("FinalAnswerStream")).isEqualTo(end.path("text").asText());
        assertThat(end.path("usage")).isEqualTo(call.path("usage"));
        assertThat(end.path("steps").asInt()).isEqualTo(2);
    }

    @Test
    void an_empty_action_is_a_pause() throws Exception {
        assertThat(stage.run(ask("stages", "What is a gateway?")).types())
                .contains("AgentPause", "FinalAnswerStreamEnd");
    }

    @Test
    void an_error_says_what_why_and_whether_to_resume_but_shows_no_stack() throws Exception {
        JsonNode error = stage.run(ask("throws", "x")).last();

        assertThat(error.path("event_type").asText()).isEqualTo("error");
        JsonNode payload = error.path("payload");
        assertThat(names(payload)).contains("error", "code", "message", "resumable");
        assertThat(payload.path("code").asText()).isEqualTo("pattern_error");
        assertThat(payload.path("message").asText())
                .contains("kaputt", "throws.js:1")
                .doesNotContain("\n");
        JsonNode whole = stage.refused(500, SESSIONS, ask("throws", "x").put("stream", false));
        assertThat(whole.path("code").asText()).isEqualTo("pattern_error");
        assertThat(whole.path("message")).isEqualTo(payload.path("message"));
    }

    @Test
    void the_official_sdks_are_told_not_to_run_a_failed_pattern_again() throws Exception {
        HttpResponse<String> failed = stage.post(SESSIONS, ask("throws", "x").put("stream", false));
        assertThat(failed.headers().firstValue("x-should-retry")).contains("false");
        assertThat(failed.headers().firstValue("x-magic-session")).isPresent();
    }

    @Test
    void headers_are_sent_at_once_and_silences_are_filled() throws Exception {
        try (Live live = stage.open(SESSIONS, ask("asks", "x").put("model_alias", "hangs"))) {
            assertThat(live.response().headers().firstValue("x-magic-run")).isPresent();
            var ack = live.next("worker_ack");
            assertThat(ack.path("seq").asInt()).isEqualTo(1);
            assertThat(live.lines().readLine()).isEmpty();
            assertThat(live.lines().readLine()).startsWith(":");
            stage.answer(SESSIONS + "/" + live.session() + "/cancel", Json.object());
            assertThat(live.next("cancelled").at("/payload/code").asText()).isEqualTo("cancelled");
        }
    }

    @Test
    void a_watcher_goes_on_where_it_left_off_also_long_after() throws Exception {
        Watched all = stage.run(ask("all", "x"));
        String events = SESSIONS + "/" + all.session() + "/events";
        List<JsonNode> rest = all.events().subList(3, all.events().size());

        assertThat(Stage.events(stage.gateway.get(events).body())).isEqualTo(all.events());
        assertThat(Stage.events(stage.gateway.get(events + "?after=3").body())).isEqualTo(rest);
        assertThat(Stage.events(stage.gateway.get(events, "Last-Event-ID", "3").body()))
                .isEqualTo(rest);
        HttpResponse<String> over =
                stage.gateway.get(events, "Last-Event-ID", "" + all.events().size());
        assertThat(over.statusCode()).isEqualTo(204);
        assertThat(stage.gateway.get(events + "?after=soon").statusCode()).isEqualTo(400);
        assertThat(stage.gateway.get(events + "?afer=1").body()).contains("did you mean", "after");
    }

    @Test
    void an_event_source_can_read_the_stream() throws Exception {
        String body = stage.post(SESSIONS, ask("plain", "x")).body();

        List<String> ids = new ArrayList<>();
        for (String block : body.split("\n\n", -1)) {
            for (String line : block.lines().toList()) {
                assertThat(line).matches("(: ?|id: \\d+|data: \\{.*})");
                if (line.startsWith("id: ")) {
                    ids.add(line.substring(4));
                }
            }
        }
        assertThat(ids).containsExactly("1", "2", "3");
    }

    @Test
    void several_sessions_come_in_one_stream_each_event_once() throws Exception {
        Watched one = stage.run(ask("plain", "x"));
        Watched two = stage.run(ask("all", "x"));
        String path =
                SESSIONS
                        + "/events?ids="
                        + one.session()
                        + ","
                        + two.session()
                        + ","
                        + one.session();

        String body = stage.gateway.get(path).body();
        List<JsonNode> events = Stage.events(body);
        assertThat(of(events, one)).isEqualTo(one.events());
        assertThat(of(events, two)).isEqualTo(two.events());

        List<String> ids = body.lines().filter(l -> l.startsWith("id: ")).toList();
        String fourth = ids.get(3).substring(4);
        assertThat(Stage.events(stage.gateway.get(path, "Last-Event-ID", fourth).body()))
                .isEqualTo(events.subList(4, events.size()));
        assertThat(Stage.events(stage.gateway.get(path + "&after=" + fourth).body()))
                .isEqualTo(events.subList(4, events.size()));
        assertThat(
                        stage.gateway
                                .get(path, "Last-Event-ID", ids.getLast().substring(4))
                                .statusCode())
                .isEqualTo(204);
        assertThat(stage.gateway.get(SESSIONS + "/events").statusCode()).isEqualTo(400);
        assertThat(stage.gateway.get(SESSIONS + "/events?ids=nobody").statusCode()).isEqualTo(404);
    }

    private static List<JsonNode> of(List<JsonNode> events, Watched session) {
        return events.stream()
                .filter(e -> e.path("session_id").asText().equals(session.session()))
                .toList();
    }

    @Test
    void a_watcher_who_does_not_read_costs_the_session_nothing() throws Exception {
        try (Live slow = stage.open(SESSIONS, ask("flood", "x"))) {
            // Six megabytes are more than the sockets hold.
            Stage.await(
                    () -> stage.record(slow.session()).path("state").asText().equals("answered"));
            assertThat(slow.next("FinalAnswerStreamEnd").at("/payload/text").asText())
                    .isEqualTo("done");
        }
    }

    @Test
    void a_watcher_who_leaves_does_not_end_the_run() throws Exception {
        ObjectNode body = ask("asks", "x").put("model_alias", "slow");
        String session;
        try (Live live = stage.open(SESSIONS, body)) {
            live.next("AgentThoughtStream");
            session = live.session();
        }
        Stage.await(() -> stage.record(session).path("state").asText().equals("answered"));
    }

    @Test
    void an_answer_that_breaks_off_is_taken_back_and_given_again() throws Exception {
        // Every second call is cut after six tokens.
        stage.run(ask("asks", "x").put("model_alias", "shaky"));
        Watched seen = stage.run(ask("asks", "x").put("model_alias", "shaky"));

        assertThat(seen.types()).contains("Retracted", "FinalAnswerStreamEnd");
        JsonNode retracted = seen.payloads("Retracted").getFirst();
        long from = retracted.path("from_seq").asLong();
        StringBuilder kept = new StringBuilder();
        for (JsonNode event : seen.events()) {
            boolean dropped =
                    event.path("seq").asLong() >= from
                            && event.path("seq").asLong() < seqOf(seen, "Retracted");
            if (event.path("event_type").asText().equals("AgentThoughtStream") && !dropped) {
                kept.append(event.at("/payload/text").asText());
            }
        }
        assertThat(kept.toString()).isEqualTo(seen.answer());
    }

    private static long seqOf(Watched seen, String type) {
        return seen.events().get(seen.types().indexOf(type)).path("seq").asLong();
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
