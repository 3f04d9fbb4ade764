package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.sandbox.host.HostSettings;
import io.magicproxy.sandbox.host.HostStatus;
import io.magicproxy.sandbox.host.ScriptHosts;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts in processes of their own, which are killed: their runs lose nothing. */
class ScriptHostDeathTest {
    private static final String SCRIPT =
            """
            export async function run(ctx) {
              ctx.step('first');
              ctx.thought('I begin. ');
              ctx.answer('So: ');
              const one = await ctx.llm('one');
              ctx.step('second');
              ctx.thought('I go on. ');
              const both = await Promise.all([ctx.llm('slow'), ctx.tool('look')]);
              ctx.step('third');
              ctx.answer(both.join(' and '));
              const when = [Date.now(), Math.random()];
              ctx.emit('when', when);
              await ctx.llm('last');
              return one + ' ' + JSON.stringify(when);
            }
            """;

    private static final int RUNS = 30;

    /** A busy machine may take its time to start a host. */
    private static final HostSettings.Times TIMES =
            new HostSettings.Times(
                    Duration.ofMinutes(3),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30));

    @TempDir static Path cache;
    private static Optional<ScriptHosts> hosts = Optional.empty();

    @TempDir private Path folder;
    private Stage stage;
    private final CountDownLatch slow = new CountDownLatch(1);
    private final CountDownLatch last = new CountDownLatch(1);

    @BeforeAll
    static void start() {
        hosts =
                Optional.of(
                        new ScriptHosts(
                                new HostSettings(
                                        Set.of(), 1, 2, 256, cache, Optional.empty(), TIMES)));
    }

    @AfterAll
    static void stop() {
        hosts.ifPresent(ScriptHosts::close);
    }

    @BeforeEach
    void open() {
        stage = new Stage(folder, hosts.orElseThrow());
        stage.world.tool("look", (arguments, stop) -> arguments.textNode("seen"));
        stage.world.models.answer(question ->
                switch (question) {
                    case "slow" -> Answer.text("half ", "whole").heldAfter(1, slow);
                    case "last" -> Answer.text("end").held(last);
                    default -> Answer.text("re " + question);
                });
    }

    @AfterEach
    void close() {
        slow.countDown();
        last.countDown();
        stage.close();
    }

    /** SIGKILL for every host, as the machine does when its memory is full. */
    private static void kill() throws Exception {
        // After an earlier kill the next host is still on its way.
        Wait.until("a host", () -> !hosts.orElseThrow().hosts().isEmpty());
        List<HostStatus> all = hosts.orElseThrow().hosts();
        for (HostStatus host : all) {
            ProcessHandle process = ProcessHandle.of(host.pid()).orElseThrow();
            assertThat(process.destroyForcibly()).isTrue();
            process.onExit().get();
        }
    }

    private void asked(String question) throws Exception {
        Wait.until(question, () -> stage.world.models.asked().contains(question));
    }

    @Test
    void a_call_in_flight_is_finished_once_and_nothing_is_told_twice() throws Exception {
        stage.world.save("main.mjs", SCRIPT);
        RunRecord run = stage.start("main");
        asked("slow");
        Wait.until("the tool", () -> !stage.world.toolCalls().isEmpty());
        kill();
        slow.countDown();
        asked("last");
        // Once more: now all is recorded but the last call.
        kill();
        last.countDown();
        RunRecord end = stage.ended(run);

        assertThat(stage.world.models.asked()).containsExactly("one", "slow", "last");
        assertThat(stage.world.toolCalls()).containsExactly("look {}");
        assertThat(end.epoch()).isEqualTo(1);
        assertThat(stage.payloads(end, Events.WORKER_ACK)).hasSize(1);
        assertThat(stage.types(end)).doesNotContain("Retracted");
        assertThat(stage.payloads(end, Events.STEP))
                .extracting(step -> step.path("step").asInt() + " " + step.path("title").asText())
                .containsExactly("1 first", "2 second", "3 third");
        assertThat(stage.text(end, Events.ANSWER)).isEqualTo("So: half whole and seen");
        assertThat(stage.text(end, Events.THOUGHT))
                .contains("I begin. ", "I go on. ")
                .hasSize("I begin. I go on. re onehalf wholeend".length());
        assertThat(Stage.answer(end))
                .isEqualTo("re one " + stage.payloads(end, Events.CUSTOM).getFirst().path("data"));
    }

    @Test
    void the_built_in_loop_of_a_pattern_goes_on_while_its_host_is_dead() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  ctx.step('before');
                  return await ctx.react({ query: 'q' });
                }
                """);
        var turns = new CountDownLatch(2);
        stage.world.models.answer(question -> {
            turns.countDown();
            return turns.getCount() > 0
                    ? Answer.text("<ACTION>{\"tool_name\": \"look\", \"arguments\": {}}</ACTION>")
                            .held(slow)
                    : Answer.text("<FINAL_ANSWER>done</FINAL_ANSWER>").held(last);
        });
        RunRecord run = stage.start("main");
        Wait.until("the first turn", () -> turns.getCount() == 1);
        kill();
        slow.countDown();
        Wait.until("the second turn", () -> turns.getCount() == 0);
        kill();
        last.countDown();
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end)).isEqualTo("done");
        assertThat(stage.world.models.asked()).hasSize(2);
        assertThat(stage.payloads(end, Events.STEP))
                .extracting(step -> step.path("step").asInt() + " " + step.path("title").asText())
                .containsExactly("1 before", "2 Step 1", "3 Step 2");
    }

    @Test
    @Tag("drill")
    void a_run_whose_hosts_die_again_and_again_ends_with_an_error_and_can_be_resumed()
            throws Exception {
        stage.world.save(
                "main.mjs",
                "export const run = async ctx => await ctx.llm('one') + await ctx.llm('last');");
        RunRecord run = stage.start("main");
        asked("last");
        while (stage.journal().run(run.runId()).orElseThrow().state().open()) {
            if (hosts.orElseThrow().hosts().stream().anyMatch(host -> host.runs() > 0)) {
                kill();
            }
            Wait.aMoment();
        }
        RunRecord end = stage.ended(run);
        assertThat(Stage.error(end).path("code").asText()).isEqualTo("host_lost");
        assertThat(stage.world.models.asked()).containsExactly("one", "last");

        last.countDown();
        RunRecord again =
                stage.ended(Stage.run(stage.sessions().resume(Stage.ANN, run.sessionId())));
        assertThat(Stage.answer(again)).isEqualTo("re oneend");
        assertThat(stage.world.models.asked()).containsExactly("one", "last", "last");
    }

    @Test
    @Tag("drill")
    void of_many_runs_in_both_languages_each_call_is_made_once_however_often_their_hosts_die()
            throws Exception {
        stage.with(s ->
                new Sessions.Settings(
                        RUNS,
                        Duration.ofMinutes(3),
                        s.attempts(),
                        s.renew(),
                        s.sweep(),
                        s.retention(),
                        s.rules()));
        stage.world.save("js.mjs", SCRIPT);
        stage.world.save(
                "py.py",
                """
                async def run(ctx):
                    ctx.step("first")
                    ctx.thought("I begin. ")
                    one = await ctx.llm("one")
                    ctx.step("second")
                    both = await ctx.parallel([{"llm": "slow"}, {"tool": "look"}])
                    ctx.step("third")
                    await ctx.llm("last")
                    return one + str(both)
                """);
        List<RunRecord> runs = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            runs.add(stage.start(i % 2 == 0 ? "js" : "py"));
        }
        Wait.until(
                "all wait", () -> count("slow") == RUNS && stage.world.toolCalls().size() == RUNS);
        kill();
        slow.countDown();
        Wait.until("all wait again", () -> count("last") == RUNS);
        kill();
        last.countDown();
        for (RunRecord run : runs) {
            RunRecord end = stage.ended(run);
            assertThat(end.state()).as(end.resultJson()).isEqualTo(RunState.ANSWERED);
            assertThat(stage.payloads(end, Events.STEP)).hasSize(3);
            assertThat(stage.types(end)).doesNotContain("Retracted");
        }
        assertThat(count("one")).isEqualTo(RUNS);
        assertThat(count("slow")).isEqualTo(RUNS);
        assertThat(count("last")).isEqualTo(RUNS);
        assertThat(stage.world.toolCalls()).hasSize(RUNS);
    }

    private long count(String question) {
        return stage.world.models.asked().stream().filter(question::equals).count();
    }
}
