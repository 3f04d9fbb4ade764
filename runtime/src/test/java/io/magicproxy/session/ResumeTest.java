package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 5 of the journal: a run that ended without an answer goes on from its last good result. */
class ResumeTest {
    @TempDir private Path folder;
    private Stage stage;
    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void open() {
        stage = new Stage(folder);
        stage.world.models.answer(question ->
                failing.contains(question)
                        ? Answer.failure("provider_transient")
                        : Answer.text("re " + question));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private RunRecord resumed(RunRecord run) throws Exception {
        return stage.ended(Stage.run(stage.sessions().resume(Stage.ANN, run.sessionId())));
    }

    private List<String> asked() {
        return stage.world.models.asked();
    }

    @ParameterizedTest
    @ValueSource(strings = {"main.mjs", "main.py"})
    void only_the_call_whose_error_ended_the_run_is_made_again(String file) throws Exception {
        stage.world.save(
                file,
                file.endsWith("py")
                        ? """
                        def run(ctx):
                            first = ctx.llm("one")
                            try:
                                ctx.llm("caught")
                            except Exception as e:
                                first += " " + e.code
                            return first + " " + ctx.llm("two")
                        """
                        : """
                        export async function run(ctx) {
                          let first = await ctx.llm('one');
                          try {
                            await ctx.llm('caught');
                          } catch (e) {
                            first += ' ' + e.code;
                          }
                          return first + ' ' + await ctx.llm('two');
                        }
                        """);
        failing.addAll(List.of("caught", "two"));
        RunRecord failed = stage.ended(stage.start("main"));
        JsonNode error = Stage.error(failed);
        assertThat(error.path("code").asText()).isEqualTo("provider_transient");
        assertThat(error.path("resumable").asBoolean()).isTrue();
        // The one that was caught had a part in what came after it: it stays.
        failing.clear();

        RunRecord end = resumed(failed);
        assertThat(Stage.answer(end)).isEqualTo("re one provider_transient re two");
        assertThat(asked()).containsExactly("one", "caught", "two", "two");
        assertThat(stage.types(end))
                .containsSubsequence("error", "worker_ack", "FinalAnswerStreamEnd");
    }

    @Test
    void of_calls_side_by_side_the_failed_ones_are_made_again() throws Exception {
        stage.world.save(
                "main.mjs",
                "export const run = ctx => ctx.map(['a', 'b', 'c', 'd'], x => ({ llm: x })).join(', ');");
        failing.addAll(List.of("b", "d"));
        RunRecord failed = stage.ended(stage.start("main"));
        failing.clear();

        assertThat(Stage.answer(resumed(failed))).isEqualTo("re a, re b, re c, re d");
        assertThat(asked()).containsExactlyInAnyOrder("a", "b", "b", "c", "d", "d");
    }

    @Test
    void of_promises_the_failure_that_the_pattern_ended_with_is_asked_for_again() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  return (await Promise.all(['a', 'b', 'c'].map(x => ctx.llm(x)))).join(', ');
                }
                """);
        failing.addAll(List.of("a", "c"));
        RunRecord run = stage.ended(stage.start("main"));
        failing.clear();

        // The other one may have failed, too, before the end of the first was seen.
        for (int i = 0; i < 2 && run.state() == RunState.FAILED; i++) {
            run = resumed(run);
        }
        assertThat(Stage.answer(run)).isEqualTo("re a, re b, re c");
        assertThat(asked().stream().filter("b"::equals)).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void an_error_in_the_patterns_own_words_is_that_of_its_last_call() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  try {
                    return await ctx.llm('ask');
                  } catch (e) {
                    throw new Error('nobody answers: ' + e.message);
                  }
                }
                """);
        failing.add("ask");
        RunRecord failed = stage.ended(stage.start("main"));
        assertThat(Stage.error(failed).path("message").asText()).contains("nobody answers");
        failing.clear();

        assertThat(Stage.answer(resumed(failed))).isEqualTo("re ask");
    }

    @Test
    void a_declarative_run_goes_on_with_the_turn_that_failed() throws Exception {
        stage.world.save(
                "main.mjs",
                "export const getPromptStructure = () => [{ tag: 'RULES', content: 'Write <THOUGHT>' }];");
        stage.world.tool(
                "look",
                (arguments, stop) -> {
                    throw CallFailed.of("tool_error", "it is dark");
                });
        var turns = new CountDownLatch(3);
        stage.world.models.answer(question -> {
            turns.countDown();
            if (turns.getCount() == 2) {
                return Answer.text("<ACTION>{\"tool_name\": \"look\", \"arguments\": {}}</ACTION>");
            }
            return turns.getCount() == 1
                    ? Answer.failure("provider_transient")
                    : Answer.text("<FINAL_ANSWER>it was " + question + "</FINAL_ANSWER>");
        });
        RunRecord failed = stage.ended(stage.start("main"));
        RunRecord end = resumed(failed);

        assertThat(Stage.answer(end)).contains("it is dark");
        assertThat(stage.world.toolCalls()).hasSize(1);
        assertThat(asked()).hasSize(3);
    }

    @Test
    void inside_of_the_built_in_loop_only_the_call_that_ended_it_is_made_again() throws Exception {
        stage.world.save(
                "main.mjs",
                "export const run = async ctx => await ctx.llm('before') + await ctx.react({ query: 'q' });");
        stage.world.tool(
                "look",
                (arguments, stop) -> {
                    throw CallFailed.of("tool_error", "it is dark");
                });
        var turns = new CountDownLatch(3);
        stage.world.models.answer(question -> {
            if (question.equals("before")) {
                return Answer.text("first ");
            }
            turns.countDown();
            if (turns.getCount() == 2) {
                return Answer.text("<ACTION>{\"tool_name\": \"look\", \"arguments\": {}}</ACTION>");
            }
            return turns.getCount() == 1
                    ? Answer.failure("provider_transient")
                    : Answer.text("<FINAL_ANSWER>done</FINAL_ANSWER>");
        });
        RunRecord failed = stage.ended(stage.start("main"));
        assertThat(stage.paths(failed)).contains("1", "2", "2/1", "2/2", "2/3");

        assertThat(Stage.answer(resumed(failed))).isEqualTo("first done");
        assertThat(stage.world.toolCalls()).hasSize(1);
        assertThat(asked()).hasSize(4);
    }

    @Test
    void a_tool_that_failed_is_called_again_and_its_second_end_is_told() throws Exception {
        stage.world.save("main.mjs", "export const run = async ctx => await ctx.tool('look');");
        var tries = new CountDownLatch(1);
        stage.world.tool(
                "look",
                (arguments, stop) -> {
                    if (tries.getCount() > 0) {
                        tries.countDown();
                        throw CallFailed.of("tool_error", "it is dark");
                    }
                    return arguments.textNode("light");
                });
        RunRecord end = resumed(stage.ended(stage.start("main")));
        assertThat(Stage.answer(end)).isEqualTo("light");
        assertThat(stage.payloads(end, Events.TOOL_END)).hasSize(2);
        assertThat(stage.payloads(end, Events.TOOL_END).getLast().path("result").asText())
                .isEqualTo("light");
    }

    @Test
    void what_would_end_in_the_same_way_is_not_resumed() throws Exception {
        stage.world.save(
                "main.mjs", "export const run = async ctx => { throw new Error('mine'); };");
        RunRecord failed = stage.ended(stage.start("main"));
        assertThat(Stage.error(failed).path("resumable").asBoolean(true)).isFalse();
        assertThat(stage.sessions().resume(Stage.ANN, failed.sessionId()))
                .isInstanceOfSatisfying(
                        Result.Conflict.class,
                        conflict -> assertThat(conflict.code()).isEqualTo("not_resumable"));
        RunRecord answered = stage.ended(stage.start(quick()));
        assertThat(stage.sessions().resume(Stage.ANN, answered.sessionId()))
                .isInstanceOfSatisfying(
                        Result.Conflict.class,
                        conflict -> assertThat(conflict.code()).isEqualTo("already_answered"));
    }

    private ObjectNode quick() throws Exception {
        stage.world.save("quick.mjs", "export const run = async ctx => 'x';");
        return Stage.request("quick");
    }

    @Test
    void a_cancelled_run_goes_on_with_the_call_that_was_given_up() throws Exception {
        stage.world.save(
                "main.mjs",
                "export const run = async ctx => await ctx.llm('one') + await ctx.llm('two');");
        var hold = new CountDownLatch(1);
        stage.world.models.answer(question ->
                question.equals("two") ? Answer.text("two").held(hold) : Answer.text("one "));
        RunRecord run = stage.start("main");
        Wait.until("the second call", () -> asked().contains("two"));
        stage.sessions().cancel(Stage.ANN, run.sessionId());
        RunRecord cancelled = stage.ended(run);
        assertThat(cancelled.state()).isEqualTo(RunState.CANCELLED);
        assertThat(stage.types(cancelled)).endsWith("cancelled");
        hold.countDown();

        assertThat(Stage.answer(resumed(cancelled))).isEqualTo("one two");
        assertThat(asked()).containsExactly("one", "two", "two");
    }

    @Test
    void a_run_resumed_the_moment_it_ended_is_worked_at_again() throws Exception {
        stage.world.save("main.mjs", "export const run = async ctx => await ctx.llm('ask');");
        failing.add("ask");
        for (int i = 0; i < 30; i++) {
            RunRecord run = stage.start("main");
            Wait.until(
                    "its end",
                    () -> !stage.journal().run(run.runId()).orElseThrow().state().open());
            // No sweep comes to its help within the time of this test.
            RunRecord again = resumed(run);
            assertThat(again.epoch()).isGreaterThanOrEqualTo(2);
        }
    }

    /** A script that isn't the same every time: the counter stands for what the sandbox forbids. */
    private String unfaithful(String source) throws Exception {
        stage.world.save("main.mjs", source.formatted("'old'"));
        return source.formatted("'new'");
    }

    private RunRecord crashedAtTheHold(String first, String second) throws Exception {
        String changed = unfaithful(first);
        var hold = new CountDownLatch(1);
        stage.world.models.answer(question ->
                question.equals("hold")
                        ? Answer.text("x").held(hold)
                        : Answer.text("re " + question));
        RunRecord run = stage.start("main");
        stage.crashWhen("the hold", () -> asked().contains("hold"));
        stage.world.swap("main.mjs", second.isEmpty() ? changed : second);
        hold.countDown();
        return stage.ended(run);
    }

    @Test
    void another_request_than_the_recorded_one_ends_the_run_and_names_both() throws Exception {
        RunRecord end =
                crashedAtTheHold(
                        """
                        export async function run(ctx) {
                          await ctx.llm(%s);
                          return await ctx.llm('hold');
                        }
                        """,
                        "");
        JsonNode error = Stage.error(end);
        assertThat(error.path("code").asText()).isEqualTo("diverged");
        assertThat(error.path("message").asText())
                .contains("call 1", "recorded as model agent", "the same with another request");
        assertThat(error.path("resumable").asBoolean()).isFalse();
        assertThat(asked()).containsExactly("old", "hold");
    }

    @Test
    void another_call_than_the_recorded_one_ends_the_run_and_names_both() throws Exception {
        stage.world.tool("look", (arguments, stop) -> arguments);
        RunRecord end =
                crashedAtTheHold(
                        "export const run = async ctx => [await ctx.llm(%s), await ctx.llm('hold')].join();",
                        "export const run = async ctx => [await ctx.tool('look'), await ctx.llm('hold')].join();");
        assertThat(Stage.error(end).path("message").asText())
                .contains("call 1", "recorded as model agent", "now makes tool look");
        assertThat(stage.world.toolCalls()).isEmpty();
    }

    @Test
    void a_recorded_call_that_is_not_made_any_more_ends_the_run_and_is_named() throws Exception {
        stage.with(s ->
                new Sessions.Settings(
                        s.slots(),
                        s.ack(),
                        s.attempts(),
                        s.renew(),
                        s.sweep(),
                        s.retention(),
                        new RunRules(1 << 20, 64 << 20, Duration.ofMillis(500))));
        RunRecord end =
                crashedAtTheHold(
                        """
                        export async function run(ctx) {
                          const both = [ctx.llm(%s), ctx.llm('b')];
                          await Promise.all(both);
                          return await ctx.llm('hold');
                        }
                        """,
                        """
                        export async function run(ctx) {
                          await ctx.parallel([c => c.llm('in a branch')]);
                          return await ctx.llm('hold');
                        }
                        """);
        JsonNode error = Stage.error(end);
        assertThat(error.path("code").asText()).isEqualTo("diverged");
        assertThat(error.path("message").asText())
                .contains("is recorded, and the pattern doesn't make it");
        assertThat(Json.text(error)).contains("\"resumable\":false");
    }
}
