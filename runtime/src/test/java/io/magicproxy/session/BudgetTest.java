package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.store.session.Journal.RunRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 5 of the journal: budgets are read from entries, time counts on a worker. */
class BudgetTest {
    @TempDir private Path folder;
    private Stage stage;
    private final CountDownLatch hold = new CountDownLatch(1);

    @BeforeEach
    void open() {
        // These tests put the clock forward, and no worker is to lose its run by that.
        stage = new Stage(folder).withQueue(Duration.ofDays(2), 10);
        stage.world.models.answer(question ->
                question.equals("hold") ? Answer.text("x").held(hold) : Answer.text("y"));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private ObjectNode limited(String limit, long most) {
        ObjectNode request = Stage.request("main");
        request.putObject("limits").put(limit, most);
        return request;
    }

    private void crashAtTheHold() throws Exception {
        stage.crashWhen("the hold", () -> stage.world.models.asked().contains("hold"));
    }

    @Test
    void a_replay_is_not_charged_again() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  await ctx.llm('a');
                  await ctx.llm('b');
                  const before = (await ctx.budget).used;
                  await ctx.llm('hold');
                  return JSON.stringify([before, await ctx.budget]);
                }
                """);
        RunRecord run = stage.start("main");
        crashAtTheHold();
        hold.countDown();
        RunRecord end = stage.ended(run);

        JsonNode seen = Json.read(Stage.answer(end));
        assertThat(seen.at("/0/tokens").asInt()).isEqualTo(30);
        assertThat(seen.at("/1/used/tokens").asInt()).isEqualTo(45);
        assertThat(seen.at("/1/used/calls").asInt()).isEqualTo(3);
        JsonNode result = Json.read(end.resultJson());
        assertThat(result.at("/usage/total_tokens").asInt()).isEqualTo(45);
        assertThat(result.path("cost").asDouble()).isEqualTo(1.5);
        assertThat(result.path("model_calls").asInt()).isEqualTo(3);
    }

    @Test
    void what_earlier_workers_have_used_counts_before_the_replay_comes_to_it() throws Exception {
        // One branch's recorded calls have used up what the other one's next call asks for.
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  await ctx.parallel([
                    async c => { await c.llm('hold'); await c.llm('too much'); },
                    async c => { await c.llm('b'); await c.llm('c'); },
                  ]);
                  return 'done';
                }
                """);
        RunRecord run = stage.start(limited("max_tokens_total", 45));
        Wait.until("the other branch", () -> stage.paths(run).contains("1:1:2"));
        crashAtTheHold();
        hold.countDown();
        RunRecord end = stage.ended(run);

        JsonNode error = Stage.error(end);
        assertThat(error.path("code").asText()).isEqualTo("max_tokens_total");
        assertThat(error.path("message").asText()).contains("45 tokens of 45");
        assertThat(stage.world.models.asked()).doesNotContain("too much");
        assertThat(stage.sessions().resume(Stage.ANN, run.sessionId()))
                .isInstanceOf(Result.Conflict.class);
    }

    @Test
    void a_pattern_cannot_catch_the_end_of_its_tokens() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  for (;;) {
                    try { await ctx.llm('a'); } catch (e) { ctx.emit('caught', e.code); }
                  }
                }
                """);
        RunRecord end = stage.ended(stage.start(limited("max_tokens_total", 40)));
        assertThat(Stage.error(end).path("code").asText()).isEqualTo("max_tokens_total");
        assertThat(stage.world.models.asked()).hasSize(3);
        assertThat(stage.payloads(end, Events.CUSTOM)).isEmpty();
    }

    @Test
    void time_counts_while_a_worker_has_the_run_and_not_between_workers() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  await ctx.llm('a');
                  ctx.emit('left', (await ctx.budget).seconds);
                  await ctx.llm('hold');
                  return String((await ctx.budget).seconds);
                }
                """);
        stage.world.models.answer(question -> {
            if (question.equals("a")) {
                // The call takes 100 s.
                stage.clock.shift(Duration.ofSeconds(100));
            }
            return question.equals("hold") ? Answer.text("x").held(hold) : Answer.text("y");
        });
        RunRecord run = stage.start(limited("max_seconds", 300));
        crashAtTheHold();
        // Nobody has the run for a day.
        stage.clock.shift(Duration.ofDays(1));
        hold.countDown();
        RunRecord end = stage.ended(run);

        double first = stage.payloads(end, Events.CUSTOM).getFirst().path("data").asDouble();
        assertThat(first).isBetween(100.0, 200.0);
        assertThat(Double.parseDouble(Stage.answer(end))).isBetween(100.0, first);
        assertThat(end.worked()).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(200));
    }

    @Test
    void a_run_that_has_worked_for_its_time_ends_whatever_it_does() throws Exception {
        stage.world.save("main.mjs", "export const run = async ctx => await ctx.llm('hold');");
        RunRecord run = stage.start(limited("max_seconds", 60));
        Wait.until("the hold", () -> stage.world.models.asked().contains("hold"));
        stage.clock.shift(Duration.ofSeconds(61));
        RunRecord end = stage.ended(run);
        assertThat(Stage.error(end).path("code").asText()).isEqualTo("max_seconds");
        assertThat(stage.types(end)).endsWith("error");
    }

    @Test
    void a_sleep_waits_only_for_what_is_left_of_it() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  ctx.emit('begins');
                  await ctx.sleep(3600000);
                  return 'awake';
                }
                """);
        RunRecord run = stage.start("main");
        stage.crashWhen("the sleep", () -> stage.paths(run).contains("1/0"));
        stage.clock.shift(Duration.ofSeconds(3599));
        long begun = System.nanoTime();
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end)).isEqualTo("awake");
        // It did wait for its last second, whose end is a time of the clock and not of this worker.
        JsonNode wake = Json.read(stage.entries(end).get(1).resultJson());
        assertThat(stage.entries(end).getLast().at().toEpochMilli())
                .isGreaterThanOrEqualTo(wake.asLong());
        assertThat(System.nanoTime() - begun).isLessThan(Duration.ofSeconds(60).toNanos());
    }

    @Test
    void a_sleep_ends_with_its_run() throws Exception {
        stage.world.save("main.mjs", "export const run = async ctx => await ctx.sleep(3600000);");
        RunRecord run = stage.start("main");
        Wait.until("the sleep", () -> stage.paths(run).contains("1/0"));
        stage.sessions().cancel(Stage.ANN, run.sessionId());
        assertThat(stage.types(stage.ended(run))).endsWith("cancelled");
    }
}
