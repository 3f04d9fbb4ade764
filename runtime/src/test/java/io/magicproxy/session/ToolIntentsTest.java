package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.pattern.CallFailed;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.tool.ToolSpec.Effect;
import io.magicproxy.upstream.Cancellation;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker dies while a tool is at work. */
class ToolIntentsTest {
    private static final String CATCHES =
            """
            export const run = async ctx => {
              const tell = e => `${e.code}: ${e.message}`;
              const paid = await ctx.tool('pay', { amount: 7 }).catch(tell);
              return `${paid} / ${await ctx.llm('after')}`;
            };
            """;
    private static final String PLAIN =
            "export const run = async ctx => await ctx.tool('pay', { amount: 7 });";

    @TempDir private Path folder;
    private Stage stage;
    private final CountDownLatch never = new CountDownLatch(1);

    @BeforeEach
    void open() {
        stage = new Stage(folder);
        stage.world.models.answer(question -> Answer.text("re " + question));
    }

    @AfterEach
    void close() {
        never.countDown();
        stage.close();
    }

    /** Starts a run, and lets its worker die while the tool is at work. */
    private RunRecord diedAtWork(String pattern, Effect effect) throws Exception {
        stage.world.save("main.mjs", pattern);
        stage.world.tool("pay", effect, this::hangs);
        RunRecord run = stage.start("main");
        stage.crashWhen("the tool's call", () -> stage.world.toolCalls().size() == 1);
        return run;
    }

    private JsonNode hangs(ObjectNode arguments, Cancellation stop) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return arguments;
    }

    /** As its owner calls the run's session. */
    private static String shown(RunRecord run) {
        return Stage.ANN.shown(run.sessionId());
    }

    private void pays() {
        stage.world.tool("pay", (_, _) -> JsonNodeFactory.instance.textNode("paid"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Effect.class,
            names = {"NONE", "IDEMPOTENT"})
    void a_tool_that_may_is_called_again_with_the_same_key(Effect effect) throws Exception {
        RunRecord run = diedAtWork(CATCHES, effect);
        pays();
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end)).isEqualTo("paid / re after");
        assertThat(stage.world.toolCalls())
                .containsExactly("pay {\"amount\":7}", "pay {\"amount\":7}");
        assertThat(stage.world.toolKeys()).hasSize(2).containsOnly(run.runId() + ":1");
        assertThat(stage.payloads(end, Events.TOOL_START)).hasSize(1);
        assertThat(stage.payloads(end, Events.TOOL_END)).hasSize(1);
    }

    @Test
    void of_one_that_may_not_the_outcome_is_unknown_and_the_pattern_goes_on() throws Exception {
        RunRecord run = diedAtWork(CATCHES, Effect.ONCE);
        pays();
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end))
                .startsWith("outcome_unknown: outcome unknown: the gateway stopped while pay")
                .endsWith(" / re after");
        assertThat(stage.world.toolCalls()).hasSize(1);
        JsonNode told = stage.payloads(end, Events.TOOL_END).getFirst();
        assertThat(told.path("code").asText()).isEqualTo("outcome_unknown");
        assertThat(told.path("error").asText()).contains("may have had its effect");
        assertThat(stage.paths(end)).containsExactly("0", "1/0", "1", "2");
    }

    @Test
    void what_counts_is_the_effect_that_the_tool_had_when_the_run_began() throws Exception {
        RunRecord run = diedAtWork(CATCHES, Effect.ONCE);
        stage.world.tool("pay", Effect.NONE, (arguments, _) -> arguments);

        assertThat(Stage.answer(stage.ended(run))).startsWith("outcome_unknown");
        assertThat(stage.world.toolCalls()).hasSize(1);
    }

    @Test
    void a_later_worker_finds_the_unknown_outcome_recorded() throws Exception {
        RunRecord run = diedAtWork(CATCHES, Effect.ONCE);
        stage.world.models.answer(question -> Answer.text("lost").held(never));
        var _ = stage.sessions();
        stage.crashWhen(
                "the second worker's model call", () -> !stage.world.models.asked().isEmpty());
        stage.world.models.answer(question -> Answer.text("fine"));
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end)).startsWith("outcome_unknown").endsWith(" / fine");
        assertThat(stage.payloads(end, Events.TOOL_END)).hasSize(1);
    }

    @Test
    void a_run_that_an_unknown_outcome_has_ended_is_not_resumed() throws Exception {
        RunRecord end = stage.ended(diedAtWork(PLAIN, Effect.ONCE));
        pays();

        JsonNode error = Stage.error(end);
        assertThat(error.path("code").asText()).isEqualTo("outcome_unknown");
        assertThat(error.path("resumable").asBoolean(true)).isFalse();
        assertThat(stage.sessions().resume(Stage.ANN, shown(end)))
                .isInstanceOfSatisfying(
                        Result.Conflict.class,
                        refused -> assertThat(refused.message()).contains("fork"));
        assertThat(stage.world.toolCalls()).hasSize(1);
    }

    @Test
    void a_call_that_is_known_to_have_failed_is_made_again_by_a_resume() throws Exception {
        stage.world.save("main.mjs", PLAIN);
        stage.world.tool(
                "pay",
                Effect.ONCE,
                (_, _) -> {
                    throw CallFailed.of("tool_error", "no money");
                });
        RunRecord failed = stage.ended(stage.start("main"));
        assertThat(Stage.error(failed).path("code").asText()).isEqualTo("tool_error");

        pays();
        RunRecord run = Stage.run(stage.sessions().resume(Stage.ANN, shown(failed)));

        assertThat(Stage.answer(stage.ended(run))).isEqualTo("paid");
        assertThat(stage.world.toolCalls()).hasSize(2);
    }

    @Test
    void a_fork_takes_results_over_and_no_intents() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export const run = async ctx => {
                  ctx.step('one');
                  const all = ctx.tool('pay', { amount: 1 });
                  const paid = await ctx.tool('pay', { amount: 2 });
                  ctx.step('two');
                  return `${paid} ${await ctx.llm('after')} ${await all}`;
                };
                """);
        stage.world.tool(
                "pay",
                Effect.ONCE,
                (arguments, stop) ->
                        arguments.path("amount").asInt() == 1
                                ? hangs(arguments, stop)
                                : arguments.path("amount"));
        RunRecord run = stage.start("main");
        stage.crashWhen("the model call", () -> !stage.world.models.asked().isEmpty());
        RunRecord end = stage.ended(run);
        assertThat(Stage.error(end).path("code").asText()).isEqualTo("outcome_unknown");

        stage.world.tool("pay", Effect.ONCE, (arguments, _) -> arguments.path("amount"));
        int before = stage.world.toolCalls().size();
        RunRecord fork =
                Stage.run(
                        stage.sessions()
                                .fork(Stage.ANN, shown(end), Json.object().put("from_step", 2)));
        RunRecord forked = stage.ended(fork);

        assertThat(stage.entries(forked))
                .filteredOn(entry -> entry.kind().equals("intent"))
                .extracting(EntryRecord::path)
                .isEqualTo(List.of("1/0"));
        assertThat(Stage.answer(forked)).isEqualTo("2 re after 1");
        assertThat(stage.world.toolCalls()).hasSize(before + 1);
    }
}
