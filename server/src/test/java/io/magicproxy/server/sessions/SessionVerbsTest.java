package io.magicproxy.server.sessions;

import static io.magicproxy.server.sessions.Stage.SESSIONS;
import static io.magicproxy.server.sessions.Stage.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.sessions.Stage.Live;
import io.magicproxy.server.sessions.Stage.Watched;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** Cancel, resume, fork, delete, and the records that can be read. */
@TestInstance(Lifecycle.PER_CLASS)
class SessionVerbsTest {
    private static final String STEPS =
            """
            export async function run(ctx) {
              ctx.step('first');
              const first = await ctx.llm('first');
              ctx.step('second');
              const second = await ctx.llm('second ' + (ctx.params.with ?? ''));
              return first + ' and ' + second;
            }
            """;

    private Stage stage;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        stage =
                Stage.with(
                        folder,
                        Map.of(
                                "steps.js", STEPS,
                                "asks.js", "export const run = (ctx) => ctx.llm('hello');",
                                "plain.js", "export const run = () => 'plain';",
                                "spins.js",
                                        "export function run(ctx) { ctx.step('spin'); for (;;) {} }",
                                "sleeps.js",
                                        "export function run(ctx) { ctx.step('s'); ctx.sleep(600000); }",
                                "fragile.js",
                                        "export async function run(ctx) { await ctx.llm('one');"
                                                + " return ctx.llm('two', {model: ctx.params.model}); }"),
                        "");
    }

    @AfterAll
    void stop() {
        stage.close();
    }

    @ParameterizedTest
    @CsvSource({
        "asks, hangs, worker_ack",
        "asks, slow, AgentThoughtStream",
        "spins, sim, StepStart",
        "sleeps, sim, StepStart"
    })
    void a_cancel_takes_effect_wherever_the_run_is(String pattern, String alias, String after)
            throws Exception {
        ObjectNode body = ask(pattern, "x").put("model_alias", alias);
        try (Live live = stage.open(SESSIONS, body)) {
            live.next(after);
            JsonNode run = stage.answer(SESSIONS + "/" + live.session() + "/cancel", Json.object());

            assertThat(run.path("state").asText()).isEqualTo("cancelled");
            assertThat(live.next("cancelled").at("/payload/resumable").asBoolean()).isTrue();
            // A second one finds nothing to do.
            assertThat(
                            stage.answer(SESSIONS + "/" + live.session() + "/cancel", Json.object())
                                    .path("state")
                                    .asText())
                    .isEqualTo("cancelled");
        }
    }

    @Test
    void while_a_run_is_under_way_there_is_no_second_one() throws Exception {
        ObjectNode body = ask("asks", "x").put("model_alias", "hangs").put("session_id", "busy");
        try (Live live = stage.open(SESSIONS, body)) {
            live.next("worker_ack");
            for (String path : List.of(SESSIONS, SESSIONS + "/busy/resume")) {
                JsonNode error =
                        stage.refused(
                                409,
                                path,
                                path.equals(SESSIONS)
                                        ? ask("plain", "y").put("session_id", "busy")
                                        : Json.object());
                assertThat(error.path("code").asText()).isEqualTo("session_busy");
            }
            assertThat(delete("busy")).isEqualTo(409);
            stage.answer(SESSIONS + "/busy/cancel", Json.object());
        }
        assertThat(stage.run(ask("plain", "y").put("session_id", "busy")).answer())
                .isEqualTo("plain");
    }

    @Test
    void a_cancelled_run_is_resumed_from_its_last_result() throws Exception {
        ObjectNode body = ask("steps", "x").put("model_alias", "slow");
        String session;
        try (Live live = stage.open(SESSIONS, body)) {
            live.next("ModelCall");
            session = live.session();
            stage.answer(SESSIONS + "/" + session + "/cancel", Json.object());
        }
        int before = stage.record(session).path("last_seq").asInt();

        Watched resumed =
                Stage.watched(stage.post(SESSIONS + "/" + session + "/resume", Json.object()));

        assertThat(resumed.events().getFirst().path("seq").asInt()).isEqualTo(before + 1);
        assertThat(resumed.types().getFirst()).isEqualTo("worker_ack");
        // The first call's result was recorded.
        assertThat(resumed.payloads("ModelCall")).hasSize(1);
        assertThat(resumed.answer()).contains(" and ");
        assertThat(
                        stage.refused(409, SESSIONS + "/" + session + "/resume", Json.object())
                                .path("code")
                                .asText())
                .isEqualTo("already_answered");
    }

    @Test
    void a_resume_takes_nothing_but_how_to_answer() throws Exception {
        JsonNode error =
                stage.refused(
                        400,
                        SESSIONS + "/any/resume",
                        Json.object().put("user_query", "something else"));
        assertThat(error.path("message").asText()).contains("fork");
    }

    @Test
    void a_run_whose_model_failed_goes_on_when_it_is_resumed() throws Exception {
        ObjectNode body = ask("fragile", "x");
        body.putObject("params").put("model", "nobody");
        Watched failed = stage.run(body);
        assertThat(failed.last().at("/payload/code").asText()).isEqualTo("model_not_found");

        JsonNode error =
                stage.refused(
                        500,
                        SESSIONS + "/" + failed.session() + "/resume",
                        Json.object().put("stream", false));

        assertThat(error.path("code").asText()).isEqualTo("model_not_found");
        // Only the failed call was made again.
        assertThat(stage.record(failed.session()).at("/run_list/0/workers").asInt()).isEqualTo(2);
    }

    @Test
    void a_fork_takes_over_what_came_before_its_step_and_begins_with_an_ack() throws Exception {
        Watched first = stage.run(ask("steps", "x"));
        ObjectNode overrides = Json.object().put("from_step", 2);
        overrides.putObject("params").put("with", "something new");

        Watched fork =
                Stage.watched(stage.post(SESSIONS + "/" + first.session() + "/fork", overrides));

        assertThat(fork.session()).isNotEqualTo(first.session());
        assertThat(fork.types()).startsWith("worker_ack", "StepStart");
        assertThat(fork.answer()).contains("something new");
        assertThat(stage.record(fork.session()).at("/journal/entries/1"))
                .isEqualTo(stage.record(first.session()).at("/journal/entries/1"));
        String path = SESSIONS + "/" + first.session() + "/fork";
        assertThat(stage.refused(400, path, Json.object().put("from_step", 9)).toString())
                .contains("the run has 2");
        assertThat(stage.refused(400, path, Json.object().put("from_step", 1.5)).toString())
                .contains("a step's number");
        assertThat(stage.refused(400, path, overrides.put("colour", 1)).toString())
                .contains("colour");
    }

    @Test
    void a_fork_runs_the_edited_pattern_and_calls_the_model_only_from_its_step_on()
            throws Exception {
        Path file = stage.gateway.folder().resolve("patterns/edited.js");
        Files.writeString(file, STEPS);
        Stage.await(() ->
                stage.gateway
                        .get("/admin/patterns/edited")
                        .body()
                        .contains("\"status\":\"serving\""));
        Watched first = stage.run(ask("edited", "x"));
        Files.writeString(file, STEPS.replace("' and '", "' or '"));
        String version = versionOf(first);
        Stage.await(() -> !stage.gateway.get("/admin/patterns").body().contains(version));

        Watched fork =
                Stage.watched(
                        stage.post(
                                SESSIONS + "/" + first.session() + "/fork",
                                Json.object().put("from_step", 2)));

        assertThat(versionOf(fork)).isNotEqualTo(version);
        assertThat(fork.answer()).contains(" or ");
        assertThat(fork.last().at("/payload/model_calls").asInt()).isEqualTo(2);
        assertThat(stage.record(fork.session()).at("/journal/entries/1/at"))
                .as("recorded by the first run")
                .isEqualTo(stage.record(first.session()).at("/journal/entries/1/at"));
    }

    private static String versionOf(Watched seen) {
        return seen.payloads("worker_ack").getFirst().path("pattern_version").asText();
    }

    @Test
    void a_deleted_session_is_gone() throws Exception {
        String session = stage.run(ask("plain", "x")).session();
        assertThat(delete(session)).isEqualTo(200);
        assertThat(stage.gateway.get(SESSIONS + "/" + session).statusCode()).isEqualTo(404);
        assertThat(delete(session)).isEqualTo(404);
    }

    private int delete(String session) throws Exception {
        return stage.gateway
                .client()
                .send(
                        java.net.http.HttpRequest.newBuilder(
                                        stage.gateway.uri(SESSIONS + "/" + session))
                                .DELETE()
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void the_record_has_the_steps_and_the_journal_page_by_page() throws Exception {
        Watched seen = stage.run(ask("steps", "one").put("session_id", "recorded"));
        stage.run(ask("plain", "two").put("session_id", "recorded"));

        JsonNode record = stage.record("recorded?run=1&limit=2");

        assertThat(record.path("state").asText()).isEqualTo("answered");
        assertThat(record.path("runs").asInt()).isEqualTo(2);
        assertThat(Stage.texts(record.path("run_list"), "pattern"))
                .containsExactly("steps", "plain");
        assertThat(record.at("/run_list/0/pattern_version"))
                .isEqualTo(seen.payloads("worker_ack").getFirst().path("pattern_version"));
        assertThat(Stage.texts(record.path("steps"), "title")).containsExactly("first", "second");
        assertThat(Stage.texts(record.at("/journal/entries"), "kind"))
                .containsExactly("begin", "model");
        assertThat(record.at("/journal/total").asInt()).isEqualTo(3);
        int next = record.at("/journal/next_after").asInt();
        JsonNode rest = stage.record("recorded?run=1&limit=2&after=" + next);
        assertThat(rest.at("/journal/entries").size()).isEqualTo(1);
        assertThat(rest.at("/journal/next_after").isNull()).isTrue();
        assertThat(stage.gateway.get(SESSIONS + "/recorded?run=7").statusCode()).isEqualTo(404);
        assertThat(stage.gateway.get(SESSIONS + "/recorded?limit=0").statusCode()).isEqualTo(400);
    }

    @Test
    void sessions_are_listed_by_alias_pattern_state_and_time_page_by_page() throws Exception {
        List<String> own = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            own.add(stage.run(ask("plain", "x").put("model_alias", "alias")).session());
        }
        String filter = "?alias=alias&pattern=plain&state=answered&since=2026-01-01T00:00:00Z";

        List<String> found = new ArrayList<>();
        String page = SESSIONS + filter + "&limit=2";
        for (String next = page; !next.isEmpty(); ) {
            JsonNode list = stage.gateway.json(next);
            found.addAll(Stage.texts(list.path("data"), "id"));
            next =
                    list.path("next_before").isNull()
                            ? ""
                            : page + "&before=" + list.path("next_before").asText();
        }
        assertThat(found).containsExactlyElementsOf(own.reversed());
        assertThat(stage.gateway.json(SESSIONS + "?alias=alias&state=failed").path("data"))
                .isEmpty();
        assertThat(stage.gateway.get(SESSIONS + "?state=done").body()).contains("answered");
        assertThat(stage.gateway.get(SESSIONS + "?patern=x").body()).contains("pattern");
        assertThat(stage.gateway.get(SESSIONS + "?since=yesterday").statusCode()).isEqualTo(400);
    }
}
