package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 1 of the journal: what was recorded is never done again. */
class RecordedCallsTest {
    static final String JAVASCRIPT =
            """
            export async function run(ctx) {
              const all = [];
              for (const name of ['one', 'two', 'three']) {
                ctx.step(name);
                all.push(await ctx.llm(name), await ctx.tool('look', { at: name }));
              }
              return all.join(', ');
            }
            """;

    static final String PYTHON =
            """
            def run(ctx):
                all = []
                for name in ["one", "two", "three"]:
                    ctx.step(name)
                    all += [ctx.llm(name), ctx.tool("look", at=name)]
                return ", ".join(all)
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

    @ParameterizedTest
    @ValueSource(strings = {"main.mjs", "main.py"})
    void a_recorded_call_is_not_made_again_by_the_next_worker(String file) throws Exception {
        stage.world.save(file, file.endsWith("py") ? PYTHON : JAVASCRIPT);
        var first = new CountDownLatch(1);
        stage.world.tool(
                "look",
                (arguments, stop) -> {
                    if (arguments.path("at").asText().equals("two")) {
                        first.countDown();
                    }
                    return arguments.path("at");
                });
        var never = new CountDownLatch(1);
        stage.world.models.answer(question ->
                question.equals("three")
                        ? Answer.text("lost").held(never)
                        : Answer.text("re " + question));
        RunRecord run = stage.start("main");
        stage.crashWhen("the third model call", () -> stage.world.models.asked().contains("three"));
        assertThat(first.getCount()).isZero();

        stage.world.models.answer(question -> Answer.text("again " + question));
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end)).isEqualTo("re one, one, re two, two, again three, three");
        assertThat(stage.world.models.asked()).containsExactly("one", "two", "three", "three");
        assertThat(stage.world.toolCalls())
                .containsExactly(
                        "look {\"at\":\"one\"}",
                        "look {\"at\":\"two\"}",
                        "look {\"at\":\"three\"}");
        assertThat(stage.entries(end))
                .extracting(EntryRecord::path)
                .containsExactly("0", "1", "2/0", "2", "3", "4/0", "4", "5", "6/0", "6");
        assertThat(stage.types(end))
                .filteredOn(type -> !type.equals(Events.THOUGHT))
                .containsExactly(
                        "worker_ack",
                        "StepStart",
                        "ModelCall",
                        "AgentToolCallStart",
                        "AgentToolCallEnd",
                        "StepStart",
                        "ModelCall",
                        "AgentToolCallStart",
                        "AgentToolCallEnd",
                        "StepStart",
                        "worker_ack",
                        "ModelCall",
                        "AgentToolCallStart",
                        "AgentToolCallEnd",
                        "FinalAnswerStream",
                        "FinalAnswerStreamEnd");
    }

    @Test
    void a_call_in_flight_at_its_workers_death_is_made_again_and_what_it_showed_is_taken_back()
            throws Exception {
        stage.world.save("main.mjs", "export const run = async ctx => await ctx.llm('ask');");
        var never = new CountDownLatch(1);
        stage.world.models.answer(
                question -> Answer.text("half ", "a thought").heldAfter(1, never));
        RunRecord run = stage.start("main");
        stage.crashWhen("the first half", () -> stage.text(run, Events.THOUGHT).equals("half "));

        stage.world.models.answer(question -> Answer.text("a whole one"));
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end)).isEqualTo("a whole one");
        assertThat(stage.world.models.asked()).containsExactly("ask", "ask");
        assertThat(stage.types(end))
                .containsExactly(
                        "worker_ack",
                        "AgentThoughtStream",
                        "worker_ack",
                        "Retracted",
                        "AgentThoughtStream",
                        "ModelCall",
                        "FinalAnswerStream",
                        "FinalAnswerStreamEnd");
        var retracted = stage.payloads(end, Events.RETRACTED).getFirst();
        assertThat(retracted.path("call").asText()).isEqualTo("1");
        assertThat(retracted.path("from_seq").asInt()).isEqualTo(2);
    }

    @Test
    void an_answer_that_breaks_off_is_asked_for_again_by_the_same_worker() throws Exception {
        stage.world.save(
                "main.mjs",
                "export const run = async ctx => await ctx.llm('ask', {stream: 'answer'});");
        var tries = new CountDownLatch(2);
        stage.world.models.answer(question -> {
            tries.countDown();
            return tries.getCount() > 0
                    ? Answer.text("forty ", "words").cut()
                    : Answer.text("all of it");
        });
        RunRecord end = stage.ended(stage.start("main"));

        assertThat(Stage.answer(end)).isEqualTo("all of it");
        assertThat(stage.types(end))
                .containsSubsequence(
                        "FinalAnswerStream", "Retracted", "FinalAnswerStream", "ModelCall");
        assertThat(stage.text(end, Events.ANSWER)).isEqualTo("forty wordsall of it");
        assertThat(stage.world.models.asked()).hasSize(2);
    }

    @Test
    void the_steps_that_a_models_tags_have_opened_are_taken_back_with_its_text() throws Exception {
        stage.world.save(
                "main.mjs",
                "export const getPromptStructure = () => [{tag: 'RULES', content: 'Write <THOUGHT>'}];");
        var tries = new CountDownLatch(2);
        stage.world.models.answer(question -> {
            tries.countDown();
            return tries.getCount() > 0
                    ? Answer.text("<THOUGHT>", "hm").cut()
                    : Answer.text("<FINAL_ANSWER>yes</FINAL_ANSWER>");
        });
        RunRecord end = stage.ended(stage.start("main"));

        var steps = stage.payloads(end, Events.STEP);
        assertThat(steps)
                .extracting(step -> step.path("title").asText())
                .containsExactly("Step 1", "Thought");
        assertThat(steps.get(1).path("call").asText()).isEqualTo("1");
        long from = stage.payloads(end, Events.RETRACTED).getFirst().path("from_seq").asLong();
        assertThat(stage.events(end).get((int) from - 1).type()).isEqualTo(Events.STEP);
        assertThat(end.resultJson()).contains("\"steps\":1");
    }

    @Test
    void a_failure_that_the_pattern_has_seen_is_the_same_in_the_replay() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  let seen = '';
                  try {
                    await ctx.llm('bad');
                  } catch (e) {
                    seen = e.code + ': ' + e.message;
                  }
                  return seen + ' / ' + await ctx.llm('good');
                }
                """);
        var never = new CountDownLatch(1);
        stage.world.models.answer(question ->
                question.equals("bad")
                        ? Answer.failure("provider_quota")
                        : Answer.text("x").held(never));
        RunRecord run = stage.start("main");
        stage.crashWhen("the good call", () -> stage.world.models.asked().contains("good"));

        stage.world.models.answer(question -> Answer.text("fine"));
        assertThat(Stage.answer(stage.ended(run)))
                .isEqualTo("provider_quota: the model said no / fine");
        assertThat(stage.world.models.asked()).containsExactly("bad", "good", "good");
    }

    @Test
    void calls_that_lose_a_race_are_given_up_when_the_run_ends() throws Exception {
        stage.world.save("main.mjs", RACE);
        var never = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        stage.world.tool(
                "slow",
                (arguments, stop) -> {
                    try (var _ = stop.onCancel(stopped::countDown)) {
                        never.await();
                        return arguments;
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        RunRecord end = stage.ended(stage.start("main"));

        assertThat(Stage.answer(end)).isEqualTo("re quick");
        Wait.until("the slow call hears of it", () -> stopped.getCount() == 0);
        never.countDown();
        assertThat(stage.paths(end)).containsExactlyInAnyOrder("0", "1/0", "2");
    }

    private static final String RACE =
            "export const run = async ctx => await Promise.race([ctx.tool('slow'), ctx.llm('quick')]);";
}
