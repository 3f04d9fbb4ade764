package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.session.Sessions.Result;
import io.magicproxy.session.Sessions.Settings;
import io.magicproxy.store.session.Journal.NewRun;
import io.magicproxy.store.session.Journal.RunRecord;
import io.magicproxy.store.session.Journal.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 9 of the journal: what is open is known by it, and comes to a worker whatever happens. */
class OpenRunsTest {
    private static final Duration SOON = Duration.ofMillis(100);

    @TempDir private Path folder;
    private Stage stage;
    private final CountDownLatch hold = new CountDownLatch(1);

    @BeforeEach
    void open() throws Exception {
        stage = new Stage(folder);
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  return await ctx.llm('one') + ', ' + await ctx.llm('two');
                }
                """);
    }

    @AfterEach
    void close() {
        hold.countDown();
        stage.close();
    }

    private static Settings times(Settings s, Duration renew, Duration sweep) {
        return new Settings(
                s.slots(), s.ack(), s.attempts(), renew, sweep, s.retention(), s.rules());
    }

    private static Settings limits(Settings s, int slots, Duration ack, int attempts) {
        return new Settings(slots, ack, attempts, s.renew(), s.sweep(), s.retention(), s.rules());
    }

    private void holdTheFirstAsking(String question) {
        var first = new CountDownLatch(1);
        stage.world.models.answer(asked -> {
            boolean held = asked.equals(question) && first.getCount() > 0;
            if (held) {
                first.countDown();
            }
            return held
                    ? Answer.text("late ", question).heldAfter(1, hold)
                    : Answer.text("re " + asked);
        });
    }

    private void holdAll(String question) {
        stage.world.models.answer(asked ->
                asked.equals(question)
                        ? Answer.text("held").held(hold)
                        : Answer.text("re " + asked));
    }

    private void asked(String question, int times) throws Exception {
        Wait.until(
                question,
                () ->
                        stage.world.models.asked().stream().filter(question::equals).count()
                                >= times);
    }

    @Test
    void an_open_run_that_is_in_no_queue_is_found_by_a_sweep() throws Exception {
        stage.with(s -> times(s, s.renew(), SOON));
        var _ = stage.sessions();
        // As a gateway leaves it that dies between the journal and the queue.
        stage.journal()
                .open(
                        new NewRun(
                                "lost",
                                "session",
                                "ann",
                                Optional.empty(),
                                Optional.empty(),
                                "agent",
                                "main",
                                Json.text(Stage.request("main")),
                                stage.clock.instant()));
        assertThat(Stage.answer(stage.ended(stage.journal().run("lost").orElseThrow())))
                .isEqualTo("re one, re two");
    }

    @Test
    void a_queue_that_loses_its_tasks_loses_no_run() throws Exception {
        holdAll("one");
        RunRecord run = stage.start("main");
        asked("one", 1);
        stage.crash();
        stage.queue().take("somebody", Duration.ofSeconds(9)).orElseThrow().complete();
        assertThat(stage.queue().waiting()).isZero();
        hold.countDown();
        assertThat(Stage.answer(stage.ended(run))).isEqualTo("held, re two");
    }

    @Test
    void the_late_append_of_a_hung_worker_is_refused() throws Exception {
        // It never renews its lease, and its call takes longer than that.
        stage.withQueue(Duration.ofMillis(400), 10)
                .with(s -> limits(times(s, Duration.ofHours(1), s.sweep()), 1, s.ack(), 5));
        holdTheFirstAsking("two");
        RunRecord run = stage.start("main");
        asked("two", 1);
        stage.more(times(stage.settings(), SOON, Duration.ofHours(1)));
        RunRecord end = stage.ended(run);
        assertThat(Stage.answer(end)).isEqualTo("re one, re two");
        List<String> before = stage.types(end);

        hold.countDown();
        Wait.until("the hung worker gives up", () -> stage.sessions().active() == 0);
        assertThat(stage.types(end)).isEqualTo(before);
        assertThat(stage.paths(end)).containsExactly("0", "1", "2");
        assertThat(end.epoch()).isEqualTo(2);
        assertThat(stage.world.models.asked()).containsExactly("one", "two", "two");
        assertThat(before).containsSubsequence("worker_ack", "worker_ack", "Retracted");
    }

    @Test
    void a_hung_worker_does_not_take_the_nested_run_from_its_successor() throws Exception {
        stage.withQueue(Duration.ofMillis(400), 10)
                .with(s -> limits(times(s, Duration.ofHours(1), s.sweep()), 1, s.ack(), 5));
        stage.world.save(
                "parent.mjs",
                "export const run = ctx => ctx.agent('agent', 'q', { reasoning_mode: 'main' });");
        holdTheFirstAsking("two");
        RunRecord run = stage.start("parent");
        asked("two", 1);
        stage.more(times(stage.settings(), SOON, Duration.ofHours(1)));
        RunRecord end = stage.ended(run);
        hold.countDown();
        Wait.until("the hung worker gives up", () -> stage.sessions().active() == 0);

        assertThat(Stage.answer(end)).isEqualTo("re one, re two");
        assertThat(stage.world.models.asked()).containsExactly("one", "two", "two");
    }

    @Test
    void a_run_that_costs_its_workers_their_lives_is_given_up_with_an_error() throws Exception {
        stage.with(s -> limits(s, 4, s.ack(), 2));
        holdAll("one");
        RunRecord run = stage.start("main");
        asked("one", 1);
        stage.crash();
        var _ = stage.sessions();
        asked("one", 2);
        stage.crash();
        RunRecord end = stage.ended(run);

        assertThat(Stage.error(end).path("code").asText()).isEqualTo("too_many_attempts");
        assertThat(Stage.error(end).path("message").asText()).contains("died 2 times");
        assertThat(stage.types(end)).containsExactly("worker_ack", "worker_ack", "error");
        hold.countDown();
        RunRecord again =
                stage.ended(Stage.run(stage.sessions().resume(Stage.ANN, run.sessionId())));
        assertThat(Stage.answer(again)).isEqualTo("held, re two");
    }

    @Test
    void a_gateway_that_is_asked_to_stop_gives_its_runs_back() throws Exception {
        stage.with(s -> limits(s, 4, s.ack(), 1));
        holdAll("two");
        RunRecord run = stage.start("main");
        for (int i = 1; i <= 3; i++) {
            asked("two", i);
            stage.close();
            var _ = stage.sessions();
        }
        hold.countDown();
        RunRecord end = stage.ended(run);
        assertThat(Stage.answer(end)).isEqualTo("re one, held");
        assertThat(stage.world.models.asked().stream().filter("one"::equals)).hasSize(1);
    }

    @Test
    void a_full_queue_refuses_at_once_and_leaves_nothing() throws Exception {
        stage.withQueue(Duration.ofSeconds(15), 1).with(s -> limits(s, 1, s.ack(), 5));
        holdAll("one");
        RunRecord working = stage.start("main");
        asked("one", 1);
        RunRecord waiting = stage.start("main");
        ObjectNode request = Stage.request("main").put("session_id", "later");
        Optional<String> key = Optional.of("the same wish");

        assertThat(stage.sessions().start(Stage.ANN, request, key)).isInstanceOf(Result.Full.class);
        assertThat(stage.journal().openRuns())
                .extracting(RunRecord::runId)
                .containsExactly(working.runId(), waiting.runId());
        assertThat(stage.journal().session("later")).isEmpty();

        hold.countDown();
        stage.ended(waiting);
        RunRecord later = Stage.run(stage.sessions().start(Stage.ANN, request, key));
        assertThat(Stage.answer(stage.ended(later))).isEqualTo("held, re two");
        assertThat(later.number()).isEqualTo(1);
    }

    @Test
    void a_run_that_no_worker_takes_is_cancelled_before_its_watchers_are_told() throws Exception {
        stage.with(s -> limits(s, 1, Duration.ofMillis(300), 5));
        holdAll("one");
        RunRecord working = stage.start("main");
        asked("one", 1);
        RunRecord waiting = stage.start("main");
        Wait.until("the error", () -> stage.types(waiting).contains("error"));
        RunRecord end = stage.journal().run(waiting.runId()).orElseThrow();
        assertThat(end.state()).isEqualTo(RunState.CANCELLED);
        assertThat(Json.read(end.resultJson()).path("code").asText()).isEqualTo("no_worker");

        // Told so each time, and taken up when there is a worker.
        var _ = stage.sessions().resume(Stage.ANN, waiting.sessionId());
        Wait.until("the second error", () -> stage.payloads(waiting, Events.ERROR).size() == 2);
        hold.countDown();
        stage.ended(working);
        RunRecord again = Stage.run(stage.sessions().resume(Stage.ANN, waiting.sessionId()));
        assertThat(Stage.answer(stage.ended(again))).isEqualTo("held, re two");
    }

    @Test
    void a_run_that_is_cancelled_and_resumed_has_its_whole_time_again() throws Exception {
        stage.with(s -> limits(s, 1, Duration.ofSeconds(1), 5));
        holdAll("one");
        stage.start("main");
        asked("one", 1);
        RunRecord waiting = stage.start("main");
        long begun = System.nanoTime();
        Wait.until("half of it", () -> System.nanoTime() - begun > 500_000_000L);
        stage.sessions().cancel(Stage.ANN, waiting.sessionId());
        long again = System.nanoTime();
        var _ = stage.sessions().resume(Stage.ANN, waiting.sessionId());
        Wait.until("the error", () -> stage.types(waiting).contains("error"));
        assertThat(Duration.ofNanos(System.nanoTime() - again))
                .isGreaterThanOrEqualTo(Duration.ofMillis(950));
    }

    @Test
    void cancelling_gives_up_all_that_a_run_does_side_by_side() throws Exception {
        stage.world.save(
                "wide.mjs",
                "export const run = ctx => ctx.map([1, 2, 3, 4, 5], n => ({ llm: 'one' }), { concurrency: 3 });");
        holdAll("one");
        RunRecord run = stage.start("wide");
        asked("one", 3);
        stage.sessions().cancel(Stage.ANN, run.sessionId());
        RunRecord end = stage.ended(run);

        assertThat(end.state()).isEqualTo(RunState.CANCELLED);
        assertThat(stage.types(end)).containsExactly("worker_ack", "cancelled");
        Wait.until("the slot is free", () -> stage.sessions().active() == 0);
        assertThat(stage.world.models.asked()).hasSize(3);
        assertThat(stage.paths(end)).containsExactly("0");
    }
}
