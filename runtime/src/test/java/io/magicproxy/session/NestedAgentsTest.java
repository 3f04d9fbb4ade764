package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 8 of the journal: an agent that a run calls is a part of it. */
class NestedAgentsTest {
    private static final String CHILD =
            """
            export async function run(ctx) {
              ctx.step('nested');
              const first = await ctx.llm('first of ' + ctx.query);
              return first + ', ' + await ctx.llm('second of ' + ctx.query);
            }
            """;

    private static final String PARENT =
            """
            export async function run(ctx) {
              const answer = await ctx.agent('agent', 'child', { reasoning_mode: 'child' });
              return `[${answer}] ` + await ctx.llm('after');
            }
            """;

    @TempDir private Path folder;
    private Stage stage;
    private final CountDownLatch hold = new CountDownLatch(1);
    private volatile String heldQuestion = "";

    @BeforeEach
    void open() throws Exception {
        stage =
                new Stage(folder)
                        .with(s ->
                                new Sessions.Settings(
                                        s.slots(),
                                        s.ack(),
                                        s.attempts(),
                                        s.renew(),
                                        Duration.ofMillis(100),
                                        s.retention(),
                                        s.rules()));
        stage.world.models.answer(question ->
                question.equals(heldQuestion)
                        ? Answer.text("re " + question).held(hold)
                        : Answer.text("re " + question));
        stage.world.save("child.mjs", CHILD);
        stage.world.save("main.mjs", PARENT);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private RunRecord child(RunRecord parent) throws Exception {
        var told = stage.payloads(parent, Events.CUSTOM).getFirst().path("data");
        RunRecord child = stage.journal().run(told.path("run_id").asText()).orElseThrow();
        assertThat(stage.sessions().session(Stage.ANN, told.path("session_id").asText()))
                .hasValueSatisfying(
                        session -> assertThat(session.sessionId()).isEqualTo(child.sessionId()));
        return child;
    }

    private void crashAt(RunRecord run, String question) throws Exception {
        stage.crashWhen(
                question + " of " + run.runId(),
                () -> stage.world.models.asked().contains(question));
    }

    @Test
    void a_nested_agent_is_one_entry_with_a_session_of_its_own() throws Exception {
        RunRecord end = stage.ended(stage.start("main"));

        assertThat(Stage.answer(end)).isEqualTo("[re first of child, re second of child] re after");
        assertThat(stage.paths(end)).containsExactly("0", "1", "2");
        RunRecord child = child(end);
        assertThat(child.parent().orElseThrow().runId()).isEqualTo(end.runId());
        assertThat(child.parent().orElseThrow().path()).isEqualTo("1");
        assertThat(child.owner()).isEqualTo(end.owner());
        assertThat(stage.types(child)).contains("StepStart", "ModelCall", "FinalAnswerStreamEnd");
        assertThat(stage.types(end)).filteredOn("ModelCall"::equals).hasSize(1);
        assertThat(Json.read(end.resultJson()).at("/usage/total_tokens").asInt()).isEqualTo(45);
        assertThat(stage.queue().waiting()).isZero();
    }

    @Test
    void the_next_worker_goes_on_where_the_nested_run_was() throws Exception {
        heldQuestion = "second of child";
        RunRecord run = stage.start("main");
        crashAt(run, "second of child");
        heldQuestion = "";
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end)).isEqualTo("[re first of child, re second of child] re after");
        assertThat(stage.world.models.asked())
                .containsExactly("first of child", "second of child", "second of child", "after");
        assertThat(child(end).epoch()).isEqualTo(2);
        assertThat(Json.read(end.resultJson()).at("/usage/total_tokens").asInt()).isEqualTo(45);
    }

    @Test
    void an_agent_that_has_answered_is_not_asked_again() throws Exception {
        heldQuestion = "after";
        RunRecord run = stage.start("main");
        crashAt(run, "after");
        hold.countDown();
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end)).isEqualTo("[re first of child, re second of child] re after");
        assertThat(child(end).epoch()).isEqualTo(1);
        assertThat(Json.read(end.resultJson()).at("/usage/total_tokens").asInt()).isEqualTo(45);
    }

    @Test
    void twice_as_many_parents_as_slots_all_finish() throws Exception {
        List<RunRecord> runs = new ArrayList<>();
        for (int i = 0; i < 2 * stage.settings().slots(); i++) {
            runs.add(stage.start("main"));
        }
        for (RunRecord run : runs) {
            assertThat(Stage.answer(stage.ended(run))).endsWith("re after");
        }
    }

    @Test
    void agents_call_one_another_five_deep_and_not_deeper() throws Exception {
        stage.world.save(
                "deep.mjs",
                """
                export async function run(ctx) {
                  const level = Number(ctx.query) + 1;
                  try {
                    return await ctx.agent('agent', String(level), { reasoning_mode: 'deep' });
                  } catch (e) {
                    return `level ${level}: ${e.code}`;
                  }
                }
                """);
        RunRecord end = stage.ended(stage.start(Stage.request("deep").put("user_query", "0")));
        assertThat(Stage.answer(end)).isEqualTo("level 6: too_deep");
    }

    @Test
    void a_nested_agent_draws_on_what_its_parent_has_left() throws Exception {
        stage.world.save(
                "child.mjs",
                """
                export async function run(ctx) {
                  const before = await ctx.budget;
                  await ctx.llm('a');
                  return JSON.stringify([before.tokens, (await ctx.budget).tokens]);
                }
                """);
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  await ctx.llm('one');
                  const seen = await ctx.agent('agent', 'q', { reasoning_mode: 'child', limits: { max_tokens_total: 900 } });
                  return JSON.stringify([JSON.parse(seen), (await ctx.budget).tokens]);
                }
                """);
        ObjectNode request = Stage.request("main");
        request.putObject("limits").put("max_tokens_total", 100);
        assertThat(Stage.answer(stage.ended(stage.start(request)))).isEqualTo("[[85,70],70]");

        request.putObject("limits").put("max_tokens_total", 15);
        RunRecord spent = stage.ended(stage.start(request));
        // The agent has asked for more than the parent's whole budget: it is the parent's end, too.
        assertThat(Stage.error(spent).path("code").asText()).isEqualTo("max_tokens_total");
    }

    @Test
    void a_nested_agent_that_fails_is_an_error_that_its_parent_may_catch() throws Exception {
        stage.world.models.answer(question ->
                question.startsWith("second")
                        ? Answer.failure("provider_quota")
                        : Answer.text("re " + question));
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  try {
                    return await ctx.agent('agent', 'child', { reasoning_mode: 'child' });
                  } catch (e) {
                    return e.code + ' / ' + e.message;
                  }
                }
                """);
        RunRecord end = stage.ended(stage.start("main"));
        assertThat(Stage.answer(end)).startsWith("provider_quota / the agent agent ended without");
        assertThat(child(end).state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void a_resumed_parent_has_its_agent_go_on_from_its_last_good_result() throws Exception {
        var tries = new CountDownLatch(1);
        stage.world.models.answer(question -> {
            if (question.startsWith("second") && tries.getCount() > 0) {
                tries.countDown();
                return Answer.failure("provider_transient");
            }
            return Answer.text("re " + question);
        });
        RunRecord failed = stage.ended(stage.start("main"));
        assertThat(Stage.error(failed).path("code").asText()).isEqualTo("provider_transient");
        RunRecord child = child(failed);
        assertThat(stage.sessions().resume(Stage.ANN, child.sessionId()))
                .isInstanceOfSatisfying(
                        Result.Conflict.class,
                        conflict -> assertThat(conflict.message()).contains(failed.runId()));

        RunRecord end =
                stage.ended(Stage.run(stage.sessions().resume(Stage.ANN, failed.sessionId())));
        assertThat(Stage.answer(end)).startsWith("[re first of child, re second of child]");
        assertThat(stage.world.models.asked())
                .containsExactly("first of child", "second of child", "second of child", "after");
    }

    @Test
    void a_bad_question_to_an_agent_is_refused_before_anything_is_opened() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  const seen = [];
                  for (const ask of [() => ctx.agent('nobody', 'q'), () => ctx.agent('agent', ''),
                      () => ctx.agent('agent', 'q', { reasoning_mode: 'none' }),
                      () => ctx.agent('agent', 'q', { reasoning_mode: 'child', limits: { max_steps: 'two' } })]) {
                    try { await ask(); } catch (e) { seen.push(e.code); }
                  }
                  return seen.join();
                }
                """);
        RunRecord end = stage.ended(stage.start("main"));
        assertThat(Stage.answer(end)).isEqualTo("unknown_model,bad_call,bad_call,bad_call");
    }

    @Test
    void the_scratch_holds_what_an_agent_wrote_also_for_the_next_worker() throws Exception {
        stage.world.save(
                "child.mjs",
                """
                export async function run(ctx) {
                  await ctx.state.add('count', 2);
                  return JSON.stringify(await ctx.state.append('notes', ctx.query));
                }
                """);
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  await ctx.state.set('count', 40);
                  const answer = await ctx.agent('agent', 'child', { reasoning_mode: 'child' });
                  await ctx.llm('after');
                  return answer + JSON.stringify(await ctx.state.all());
                }
                """);
        heldQuestion = "after";
        RunRecord run = stage.start("main");
        crashAt(run, "after");
        hold.countDown();
        assertThat(Stage.answer(stage.ended(run)))
                .isEqualTo("[\"child\"]{\"count\":42,\"notes\":[\"child\"]}");
    }

    @Test
    void a_nested_run_ends_with_its_parent() throws Exception {
        heldQuestion = "second of child";
        RunRecord run = stage.start("main");
        Wait.until("the nested call", () -> stage.world.models.asked().contains(heldQuestion));
        stage.sessions().cancel(Stage.ANN, run.sessionId());
        RunRecord end = stage.ended(run);

        assertThat(end.state()).isEqualTo(RunState.CANCELLED);
        RunRecord child = child(end);
        assertThat(stage.ended(child).state()).isEqualTo(RunState.CANCELLED);
        assertThat(stage.types(child)).endsWith("cancelled");
    }

    @Test
    void a_nested_run_that_nobody_waits_for_ends_with_its_parents_answer() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export const run = async ctx =>
                  await Promise.race([ctx.agent('agent', 'child', { reasoning_mode: 'child' }), ctx.llm('quick')]);
                """);
        stage.world.models.answer(question -> {
            if (question.startsWith("first")) {
                hold.countDown();
                return Answer.text("never").held(new CountDownLatch(1));
            }
            return Answer.text("re quick").held(hold);
        });
        RunRecord end = stage.ended(stage.start("main"));
        assertThat(Stage.answer(end)).isEqualTo("re quick");
        assertThat(stage.ended(child(end)).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void a_nested_run_is_swept_up_whose_parent_ended_while_no_worker_had_it() throws Exception {
        heldQuestion = "second of child";
        RunRecord run = stage.start("main");
        crashAt(run, "second of child");
        // The next worker hears of the cancel first and never comes to the nested call.
        stage.journal().cancel(run.runId(), Events.of("cancelled", Json.object(), "x"));
        RunRecord end = stage.ended(run);
        assertThat(end.state()).isEqualTo(RunState.CANCELLED);
        RunRecord child = stage.ended(child(end));
        assertThat(child.state()).isEqualTo(RunState.CANCELLED);
        assertThat(stage.types(child)).endsWith("cancelled");
        assertThat(stage.sessions().delete(Stage.ANN, run.sessionId()))
                .isInstanceOf(Result.Run.class);
        assertThat(stage.journal().session(child.sessionId())).isEmpty();
    }
}
