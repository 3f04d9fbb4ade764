package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.session.Journal.RunRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 2 of the journal: a call is its path, and results come in the order of the first time. */
class CallOrderTest {
    @TempDir private Path folder;
    private Stage stage;

    /** By question; what isn't here answers at once. */
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();

    @BeforeEach
    void open() {
        stage = new Stage(folder);
        stage.world.models.answer(question -> {
            CountDownLatch hold = held.get(question);
            Answer answer = Answer.text("re " + question);
            return hold == null ? answer : answer.held(hold);
        });
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void hold(String... questions) {
        for (String question : questions) {
            held.put(question, new CountDownLatch(1));
        }
    }

    private void release(String question) {
        Objects.requireNonNull(held.get(question)).countDown();
    }

    private void asked(String question) throws Exception {
        Wait.until(question, () -> stage.world.models.asked().contains(question));
    }

    @ParameterizedTest
    @CsvSource({
        "main.mjs, 1:0:1 1:0:2 1:1:1 1:1:2 2",
        "main.py, 1:0:1 1:0:2 1:1:1 1:1:2 2",
    })
    void calls_of_branches_are_known_by_their_branch_whatever_came_first(String file, String paths)
            throws Exception {
        stage.world.save(
                file,
                file.endsWith("py")
                        ? """
                        async def run(ctx):
                            async def branch(name, c):
                                return [await c.llm(name + " 1"), await c.llm(name + " 2")]
                            both = await ctx.parallel([lambda c: branch("a", c), lambda c: branch("b", c)])
                            return str(both) + await ctx.llm("last")
                        """
                        : """
                        export async function run(ctx) {
                          const branch = name => async c => [await c.llm(name + ' 1'), await c.llm(name + ' 2')];
                          const both = await ctx.parallel([branch('a'), branch('b')]);
                          return JSON.stringify(both) + await ctx.llm('last');
                        }
                        """);
        hold("a 1", "last");
        RunRecord run = stage.start("main");
        // The second branch comes to its end before the first one has begun.
        Wait.until("the second branch", () -> stage.paths(run).contains("1:1:2"));
        release("a 1");
        asked("last");
        assertThat(stage.paths(run)).containsExactly("0", "1:1:1", "1:1:2", "1:0:1", "1:0:2");
        stage.crash();
        release("last");
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end).replace('\'', '"').replace(" ", ""))
                .isEqualTo("[[\"rea1\",\"rea2\"],[\"reb1\",\"reb2\"]]relast");
        assertThat(stage.paths(end)).containsAll(List.of(paths.split(" ", -1)));
        assertThat(stage.world.models.asked())
                .containsExactlyInAnyOrder("a 1", "a 2", "b 1", "b 2", "last", "last");
    }

    @ParameterizedTest
    @ValueSource(strings = {"main.mjs", "main.py"})
    void side_by_side_in_a_plain_pattern_only_what_was_not_recorded_is_done_again(String file)
            throws Exception {
        stage.world.save(
                file,
                file.endsWith("py")
                        ? """
                        def run(ctx):
                            return ", ".join(ctx.parallel([{"llm": "a"}, {"llm": "b"}, {"llm": "c"}]))
                        """
                        : """
                        export const run = ctx =>
                          ctx.parallel([{ llm: 'a' }, { llm: 'b' }, { llm: 'c' }]).join(', ');
                        """);
        hold("b");
        RunRecord run = stage.start("main");
        stage.crashWhen(
                "two of three",
                () -> stage.paths(run).contains("1/1") && stage.paths(run).contains("1/3"));
        release("b");
        assertThat(Stage.answer(stage.ended(run))).isEqualTo("re a, re b, re c");
        assertThat(stage.world.models.asked()).containsExactlyInAnyOrder("a", "b", "b", "c");
    }

    /**
     * The guest's own promises: it must see them settle one by one, in the order of the first time.
     */
    private static final String PROMISES =
            """
            export async function run(ctx) {
              const seen = [];
              const note = name => text => { seen.push(name); return text; };
              const a = ctx.llm('a').then(note('a'));
              const b = ctx.llm('b').then(note('b')).then(() => ctx.llm('after b')).then(note('after b'));
              const c = ctx.llm('c').then(note('c'));
              const winner = await Promise.race([a, b, c]);
              const losers = await Promise.all([a, b, c]);
              return winner + ' of ' + seen.join(', ') + ' then ' + await ctx.llm('last');
            }
            """;

    @Test
    void raw_promises_settle_in_the_recorded_order_again() throws Exception {
        stage.world.save("main.mjs", PROMISES);
        hold("a", "b", "c", "after b", "last");
        RunRecord run = stage.start("main");
        asked("c");
        release("c");
        Wait.until("c", () -> stage.paths(run).contains("3"));
        release("b");
        asked("after b");
        release("after b");
        Wait.until("after b", () -> stage.paths(run).contains("4"));
        release("a");
        asked("last");
        assertThat(stage.paths(run)).containsExactly("0", "3", "2", "4", "1");
        stage.crash();
        release("last");

        // All results are there at once now.
        assertThat(Stage.answer(stage.ended(run)))
                .isEqualTo("re c of c, b, after b, a then re last");
    }

    @Test
    void python_branches_go_on_in_the_recorded_order_again() throws Exception {
        stage.world.save(
                "main.py",
                """
                async def run(ctx):
                    seen = []
                    async def branch(name, c):
                        await c.llm(name)
                        seen.append(name)
                    await ctx.map(["a", "b", "c"], branch)
                    return ", ".join(seen) + " then " + await ctx.llm("last")
                """);
        hold("a", "b", "c", "last");
        RunRecord run = stage.start("main");
        asked("c");
        release("c");
        Wait.until("c", () -> stage.paths(run).contains("1:2:1"));
        release("a");
        Wait.until("a", () -> stage.paths(run).contains("1:0:1"));
        release("b");
        asked("last");
        stage.crash();
        release("last");
        assertThat(Stage.answer(stage.ended(run))).isEqualTo("c, a, b then re last");
    }

    @ParameterizedTest
    @ValueSource(strings = {"main.mjs", "main.py"})
    void a_replay_tells_its_watchers_nothing_twice(String file) throws Exception {
        stage.world.save(
                file,
                file.endsWith("py")
                        ? """
                        def run(ctx):
                            ctx.step("first")
                            ctx.thought("one ")
                            ctx.thought("two ")
                            ctx.emit("mark", {"n": 1})
                            ctx.answer("be")
                            ctx.llm("a")
                            ctx.thought("three")
                            ctx.answer("gun")
                            ctx.llm("last")
                            ctx.step("second")
                            ctx.answer(" and ended")
                        """
                        : """
                        export async function run(ctx) {
                          ctx.step('first');
                          ctx.thought('one ');
                          ctx.thought('two ');
                          ctx.emit('mark', { n: 1 });
                          ctx.answer('be');
                          await ctx.llm('a', { stream: false });
                          ctx.thought('three');
                          ctx.answer('gun');
                          await ctx.llm('last', { stream: false });
                          ctx.step('second');
                          ctx.answer(' and ended');
                        }
                        """);
        var last = new CountDownLatch(1);
        stage.world.models.answer(question ->
                question.equals("last") ? Answer.text("x").held(last) : Answer.text(""));
        RunRecord run = stage.start("main");
        asked("last");
        stage.crashWhen("all is told", () -> stage.text(run, Events.ANSWER).equals("begun"));
        last.countDown();
        stage.world.models.answer(question -> Answer.text(""));
        RunRecord end = stage.ended(run);

        assertThat(Stage.answer(end)).isEqualTo("begun and ended");
        assertThat(stage.text(end, Events.THOUGHT)).isEqualTo("one two three");
        assertThat(stage.text(end, Events.ANSWER)).isEqualTo("begun and ended");
        assertThat(stage.payloads(end, Events.CUSTOM)).hasSize(1);
        assertThat(stage.payloads(end, Events.STEP))
                .extracting(step -> step.path("step").asInt() + " " + step.path("title").asText())
                .containsExactly("1 first", "2 second");
        assertThat(stage.payloads(end, Events.WORKER_ACK)).hasSize(2);
        assertThat(stage.events(end))
                .extracting(event -> event.seq())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, stage.events(end).size()).boxed().toList());
    }
}
