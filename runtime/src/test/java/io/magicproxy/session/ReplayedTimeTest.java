package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.store.session.Journal.RunRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule 4 of the journal: whatever a pattern asks for time or chance, the next worker's replay sees
 * the same values. A pattern says what it sees with {@code ctx.emit} in the first run, and again in
 * its answer, which the second worker gives.
 */
class ReplayedTimeTest {
    /** Every source in JavaScript, each before and after a call. */
    private static final String JAVASCRIPT =
            """
            const look = () => [
              Date.now(), new Date().toISOString(), Date(), new Date().getTime(), ctxNow(), Math.random(), ctxRandom(),
              new Intl.DateTimeFormat('en', { timeStyle: 'full' }).format(),
            ];
            let ctxNow, ctxRandom;
            const loaded = [Date.now(), Math.random()];
            export async function run(ctx) {
              ctxNow = ctx.now;
              ctxRandom = ctx.random;
              const seen = [loaded, look()];
              await ctx.llm('a');
              seen.push(look());
              await Promise.all([ctx.llm('b'), ctx.llm('c').then(() => seen.push(look()))]);
              seen.push(look());
              await ctx.sleep(20);
              seen.push(look());
              ctx.emit('seen', seen);
              await ctx.llm('last');
              return JSON.stringify(seen);
            }
            """;

    private static final String PYTHON =
            """
            import datetime, json, os, random, secrets, time, uuid

            def look(ctx):
                return [
                    time.time(), time.time_ns(), time.monotonic(), time.perf_counter(), list(time.localtime()),
                    time.strftime("%H:%M:%S"), str(datetime.datetime.now()), str(datetime.datetime.today()),
                    str(datetime.date.today()), str(datetime.datetime.now(datetime.timezone.utc)),
                    random.random(), random.choice("abcdef"), random.SystemRandom().random(), str(uuid.uuid1()),
                    str(uuid.uuid4()), secrets.token_hex(8), secrets.randbelow(10**9), os.urandom(8).hex(),
                    ctx.now(), ctx.random(),
                ]

            LOADED = [time.time(), random.random(), str(datetime.datetime.now())]

            async def run(ctx):
                seen = [LOADED, look(ctx)]
                await ctx.llm("a")
                seen.append(look(ctx))
                async def branch(name, c):
                    await c.llm(name)
                    seen.append(look(c))
                await ctx.map(["b", "c"], branch)
                await ctx.sleep(20)
                seen.append(look(ctx))
                ctx.emit("seen", seen)
                await ctx.llm("last")
                return json.dumps(seen)
            """;

    @TempDir private Path folder;
    private Stage stage;
    private final CountDownLatch last = new CountDownLatch(1);

    @BeforeEach
    void open() {
        stage = new Stage(folder);
        stage.world.models.answer(question ->
                question.equals("last") ? Answer.text("x").held(last) : Answer.text("y"));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void a_replay_in_javascript_sees_the_same_time_and_chance() throws Exception {
        seesTheSameAgain("main.mjs", JAVASCRIPT);
    }

    @Test
    void a_replay_in_python_sees_the_same_time_and_chance() throws Exception {
        seesTheSameAgain("main.py", PYTHON);
    }

    private void seesTheSameAgain(String file, String source) throws Exception {
        stage.world.save(file, source);
        RunRecord run = stage.start("main");
        Wait.until("the last call", () -> stage.world.models.asked().contains("last"));
        JsonNode first = stage.payloads(run, Events.CUSTOM).getFirst().path("data");
        stage.crash();
        // The next worker comes much later.
        stage.clock.shift(Duration.ofHours(5));
        last.countDown();
        RunRecord end = stage.ended(run);

        assertThat(Json.read(Stage.answer(end))).isEqualTo(first);
        assertThat(stage.payloads(end, Events.CUSTOM)).hasSize(1);
        // The pattern did see time pass, and nothing twice.
        assertThat(first.path(1).path(0)).isNotEqualTo(first.path(2).path(0));
        assertThat(first.path(1)).isNotEqualTo(first.path(first.size() - 1));
    }

    @Test
    void the_clock_shows_when_the_last_consumed_result_was_recorded_and_never_goes_back()
            throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  const seen = [Date.now()];
                  for (const name of ['a', 'b', 'c']) {
                    await ctx.llm(name);
                    seen.push(Date.now());
                  }
                  return JSON.stringify(seen);
                }
                """);
        stage.world.models.answer(question -> {
            // The machine's clock is set back in the middle.
            stage.clock.shift(
                    question.equals("b") ? Duration.ofMinutes(-10) : Duration.ofMinutes(1));
            return Answer.text("x");
        });
        RunRecord end = stage.ended(stage.start("main"));

        JsonNode seen = Json.read(Stage.answer(end));
        var entries = stage.entries(end);
        JsonNode pin = Json.read(entries.getFirst().resultJson());
        assertThat(seen.path(0).asLong())
                .isEqualTo(Instant.parse(pin.at("/input/time").asText()).toEpochMilli());
        for (int i = 1; i < 4; i++) {
            assertThat(seen.path(i).asLong())
                    .as("time " + i + " of " + seen)
                    .isEqualTo(entries.get(i).at().toEpochMilli());
        }
        assertThat(seen.path(2)).isEqualTo(seen.path(1));
    }
}
