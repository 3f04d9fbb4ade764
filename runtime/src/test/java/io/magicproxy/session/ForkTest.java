package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.session.Journal.RunRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 6 of the journal: a fork takes over what came before a step, and nothing after it. */
class ForkTest {
    private static final String FIVE =
            """
            export async function run(ctx) {
              const all = [];
              for (const name of ['one', 'two', 'three', 'four', 'five']) {
                ctx.step(name);
                all.push(await ctx.llm(`ask ${name}`));
              }
              return all.join(', ');
            }
            """;

    @TempDir private Path folder;
    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(folder);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private RunRecord fork(RunRecord run, int step) throws Exception {
        return fork(run, Json.object().put("from_step", step));
    }

    private RunRecord fork(RunRecord run, ObjectNode overrides) throws Exception {
        return stage.ended(Stage.run(stage.sessions().fork(Stage.ANN, run.sessionId(), overrides)));
    }

    private List<String> newQuestions(int before) {
        List<String> all = stage.world.models.asked();
        return all.subList(before, all.size());
    }

    @Test
    void a_fork_from_step_3_with_an_edited_pattern_calls_the_model_only_from_step_3()
            throws Exception {
        stage.world.save("main.mjs", FIVE);
        RunRecord first = stage.ended(stage.start("main"));
        stage.world.models.answer(question -> Answer.text("new " + question));
        stage.world.save("main.mjs", FIVE.replace("`ask ${name}`", "`now ask ${name}`"));
        RunRecord fork = fork(first, 3);

        assertThat(Stage.answer(fork))
                .isEqualTo(
                        "re ask one, re ask two, new now ask three, new now ask four, new now ask five");
        assertThat(newQuestions(5))
                .containsExactly("now ask three", "now ask four", "now ask five");
        assertThat(fork.sessionId()).isNotEqualTo(first.sessionId());
        // Both requests have changed, and their results were used all the same: that is noted.
        assertThat(stage.payloads(fork, Events.CUSTOM))
                .extracting(note -> note.at("/data/call").asText())
                .containsExactly("1", "2");
        assertThat(stage.payloads(fork, Events.CUSTOM).getFirst().at("/data/note").asText())
                .contains("the request has changed");
        assertThat(titles(fork)).containsExactly("1 one", "2 two", "3 three", "4 four", "5 five");
        assertThat(stage.text(fork, Events.THOUGHT))
                .isEqualTo("re ask onere ask twonew now ask threenew now ask fournew now ask five");
        assertThat(Stage.answer(stage.journal().run(first.runId()).orElseThrow()))
                .contains("re ask five");
    }

    private List<String> titles(RunRecord run) throws Exception {
        return stage.payloads(run, Events.STEP).stream()
                .map(step -> step.path("step").asInt() + " " + step.path("title").asText())
                .toList();
    }

    @Test
    void a_fork_without_an_edit_notes_nothing_and_may_change_the_request() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  ctx.step('one');
                  const first = await ctx.llm('one');
                  ctx.step('two');
                  return first + ' ' + ctx.params.word + ' ' + await ctx.llm('two');
                }
                """);
        ObjectNode request = Stage.request("main");
        request.putObject("params").put("word", "old");
        RunRecord first = stage.ended(stage.start(request));
        ObjectNode overrides = Json.object().put("from_step", 2);
        overrides.putObject("params").put("word", "new");

        assertThat(Stage.answer(fork(first, overrides))).isEqualTo("re one new re two");
        assertThat(newQuestions(2)).containsExactly("two");
        assertThat(stage.payloads(fork(first, 2), Events.CUSTOM)).isEmpty();
    }

    @Test
    void a_fork_of_a_declarative_run_begins_with_one_of_its_turns() throws Exception {
        stage.world.save(
                "main.mjs",
                "export const getPromptStructure = () => [{ tag: 'RULES', content: 'Write <THOUGHT>' }];");
        stage.world.tool("look", (arguments, stop) -> arguments.path("at"));
        var turns = new CountDownLatch(100);
        stage.world.models.answer(question -> {
            turns.countDown();
            long turn = 100 - turns.getCount();
            return turn % 4 == 0
                    ? Answer.text("<FINAL_ANSWER>done at " + turn + "</FINAL_ANSWER>")
                    : Answer.text(
                            "<THOUGHT>hm</THOUGHT><ACTION>{\"tool_name\": \"look\", \"arguments\": {\"at\": "
                                    + turn
                                    + "}}</ACTION>");
        });
        RunRecord first = stage.ended(stage.start("main"));
        assertThat(Stage.answer(first)).isEqualTo("done at 4");
        assertThat(stage.world.toolCalls()).hasSize(3);
        turns.countDown();
        turns.countDown();

        // Turns 7 and 8 follow on the recorded turns 1 and 2.
        RunRecord fork = fork(first, 3);
        assertThat(Stage.answer(fork)).isEqualTo("done at 8");
        assertThat(stage.world.toolCalls())
                .containsExactly(
                        "look {\"at\":1}", "look {\"at\":2}", "look {\"at\":3}", "look {\"at\":7}");
        JsonNode seen = stage.world.models.requests().get(4).path("messages");
        assertThat(seen.toString())
                .contains("\\\"at\\\": 1", "\\\"at\\\": 2")
                .doesNotContain("\\\"at\\\": 3");
    }

    @Test
    void a_step_inside_of_a_parallel_branch_is_refused() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  ctx.step('one');
                  await ctx.parallel([async c => { c.step('in a branch'); await c.llm('a'); }]);
                  ctx.step('three');
                  return await ctx.llm('b');
                }
                """);
        RunRecord run = stage.ended(stage.start("main"));
        assertThat(refusal(run, 2)).contains("inside of a parallel branch");
        assertThat(refusal(run, 4)).contains("there is no step 4", "the run has 3");
        assertThat(refusal(run, 0)).contains("from 1");
        assertThat(Stage.answer(fork(run, 3))).isEqualTo("re b");
        assertThat(newQuestions(2)).containsExactly("b");
    }

    private String refusal(RunRecord run, int step) throws Exception {
        Result result =
                stage.sessions()
                        .fork(Stage.ANN, run.sessionId(), Json.object().put("from_step", step));
        assertThat(result).isInstanceOf(Result.Invalid.class);
        return ((Result.Invalid) result).message();
    }

    @Test
    void an_edited_pattern_may_ask_in_another_order_or_not_at_all() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  ctx.step('one');
                  const all = await Promise.all([ctx.llm('a'), ctx.llm('b'), ctx.llm('c')]);
                  ctx.step('two');
                  return all.join(', ') + ' ' + await ctx.llm('last');
                }
                """);
        RunRecord run = stage.ended(stage.start("main"));
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  ctx.step('one');
                  const a = await ctx.llm('a');
                  const b = await ctx.llm('b');
                  ctx.step('two');
                  return a + ' ' + b + ' ' + await ctx.tool('look');
                }
                """);
        stage.world.tool("look", (arguments, stop) -> arguments.textNode("seen"));

        // The third call's result stands for a model, and from its path on everything is new.
        RunRecord fork = fork(run, 2);
        assertThat(Stage.error(fork).path("message").asText())
                .contains("call 3 was recorded as model agent", "now makes tool look");
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  ctx.step('one');
                  const a = await ctx.llm('a');
                  ctx.step('two');
                  return a;
                }
                """);
        assertThat(Stage.answer(fork(run, 2))).isEqualTo("re a");
        assertThat(newQuestions(4)).isEmpty();
    }

    @Test
    void a_race_has_the_same_winner_in_a_fork() throws Exception {
        String race =
                """
                export async function run(ctx) {
                  ctx.step('one');
                  const winner = await Promise.race(['a', 'b', 'c'].map(x => ctx.llm(x)));
                  ctx.step('two');
                  return winner + await ctx.llm('last');
                }
                """;
        stage.world.save("main.mjs", race);
        var hold = new CountDownLatch(1);
        stage.world.models.answer(question -> {
            if (question.equals("c")) {
                hold.countDown();
                return Answer.text("c");
            }
            return question.equals("last") ? Answer.text("!") : Answer.text(question).held(hold);
        });
        RunRecord run = stage.ended(stage.start("main"));
        String answer = Stage.answer(run);
        for (int i = 0; i < 5; i++) {
            assertThat(Stage.answer(fork(run, 2))).isEqualTo(answer);
        }
    }

    @Test
    void a_fork_of_a_resumed_run_does_not_take_over_its_errors_or_calls_that_came_later()
            throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  ctx.step('one');
                  const slow = ctx.llm('slow');
                  const first = await ctx.llm('first');
                  ctx.step('two');
                  return first + ' ' + await slow;
                }
                """);
        var bad = new CountDownLatch(1);
        stage.world.models.answer(question -> {
            if (question.equals("first") && bad.getCount() > 0) {
                bad.countDown();
                return Answer.failure("provider_transient");
            }
            return question.equals("slow")
                    ? Answer.text("half ", "whole").heldAfter(1, slowHold)
                    : Answer.text("re first");
        });
        RunRecord failed = stage.ended(stage.start("main"));
        RunRecord again = Stage.run(stage.sessions().resume(Stage.ANN, failed.sessionId()));
        Wait.until("the second step", () -> titles(again).contains("2 two"));
        Wait.until("half an answer", () -> slowWasShownSinceTheLastWorkerCame(again));
        slowHold.countDown();
        RunRecord end = stage.ended(again);
        assertThat(stage.types(end)).contains("error");
        int before = stage.world.models.asked().size();

        RunRecord fork = fork(end, 2);
        assertThat(Stage.answer(fork)).isEqualTo("re first half whole");
        assertThat(newQuestions(before)).containsExactly("slow");
        assertThat(stage.types(fork)).doesNotContain("error", "Retracted");
        assertThat(stage.payloads(fork, Events.WORKER_ACK)).hasSize(1);
        assertThat(stage.text(fork, Events.THOUGHT)).contains("half whole");
    }

    private final CountDownLatch slowHold = new CountDownLatch(1);

    private boolean slowWasShownSinceTheLastWorkerCame(RunRecord run) throws Exception {
        var events = stage.events(run);
        int last = stage.types(run).lastIndexOf(Events.WORKER_ACK);
        return events.subList(last, events.size()).stream()
                .anyMatch(event -> event.payloadJson().contains("half "));
    }
}
