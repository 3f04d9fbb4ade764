package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.store.session.Journal.EntryRecord;
import io.magicproxy.store.session.Journal.EventRecord;
import io.magicproxy.store.session.Journal.RunRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 7 of the journal: how much a run may write, and how often. */
class JournalSizeTest {
    @TempDir private Path folder;
    private Stage stage;

    @BeforeEach
    void open() {
        stage =
                new Stage(folder)
                        .with(s ->
                                new Sessions.Settings(
                                        s.slots(),
                                        s.ack(),
                                        s.attempts(),
                                        s.renew(),
                                        s.sweep(),
                                        s.retention(),
                                        new RunRules(10_000, 100_000, Duration.ofSeconds(30))));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static String[] words(int count) {
        return IntStream.range(0, count).mapToObj(i -> "w" + i + " ").toArray(String[]::new);
    }

    @Test
    void words_that_stream_closely_become_one_event() throws Exception {
        stage.world.save("main.mjs", "export const run = async ctx => await ctx.llm('ask');");
        stage.world.models.answer(question -> Answer.text(words(200)).slowly());
        RunRecord end = stage.ended(stage.start("main"));

        assertThat(stage.text(end, Events.THOUGHT)).isEqualTo(String.join("", words(200)));
        assertPaced(stage.events(end));
    }

    @Test
    void streams_side_by_side_are_joined_each_for_itself() throws Exception {
        stage.world.save(
                "main.mjs",
                "export const run = ctx => ctx.map(['a', 'b', 'c', 'd'], llm => ({ llm })).join('');");
        var together = new CountDownLatch(1);
        stage.world.models.answer(question -> {
            if (question.equals("d")) {
                together.countDown();
            }
            return Answer.text(words(200)).slowly().held(together);
        });
        RunRecord end = stage.ended(stage.start("main"));

        for (String call : List.of("1/1", "1/2", "1/3", "1/4")) {
            List<EventRecord> own = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            for (EventRecord event : stage.events(end)) {
                JsonNode payload = Trees.read(event.payloadJson());
                if (event.type().equals(Events.THOUGHT)
                        && payload.path("call").asText().equals(call)) {
                    own.add(event);
                    text.append(payload.path("text").asText());
                }
            }
            assertThat(text).hasToString(String.join("", words(200)));
            assertPaced(own);
        }
    }

    /**
     * No more than 20 a second: of any 21 that follow each other, the last comes a second later.
     */
    private static void assertPaced(List<EventRecord> events) {
        List<Instant> times =
                events.stream()
                        .filter(event -> event.type().equals(Events.THOUGHT))
                        .map(EventRecord::at)
                        .toList();
        Duration whole = Duration.between(times.getFirst(), times.getLast());
        // The first and the last one wait for nobody.
        assertThat(times.size()).isLessThanOrEqualTo((int) (whole.toMillis() / 45) + 2);
    }

    @Test
    void what_is_said_before_a_step_is_told_before_it() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  for (let i = 1; i <= 30; i++) {
                    ctx.thought(`t${i} `);
                    ctx.step(`s${i}`);
                    await ctx.llm(`m${i}`);
                  }
                  return 'x';
                }
                """);
        RunRecord end = stage.ended(stage.start("main"));

        StringBuilder told = new StringBuilder();
        for (EventRecord event : stage.events(end)) {
            JsonNode payload = Trees.read(event.payloadJson());
            switch (event.type()) {
                case Events.THOUGHT -> told.append(payload.path("text").asText());
                case Events.STEP -> told.append(payload.path("title").asText()).append(' ');
                case Events.MODEL_CALL -> told.append(". ");
                default -> {
                    // Not of interest.
                }
            }
        }
        StringBuilder expected = new StringBuilder();
        for (int i = 1; i <= 30; i++) {
            expected.append("t%d s%d re m%d. ".formatted(i, i, i));
        }
        assertThat(told).hasToString(expected.toString());
    }

    @Test
    void a_message_is_stored_once_by_its_hash_however_many_calls_repeat_it() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  const messages = [{ role: 'system', content: 'a long one' }];
                  for (const turn of [1, 2, 3]) {
                    messages.push({ role: 'user', content: `turn ${turn}` });
                    await ctx.llm(messages, { temperature: 0.5 });
                  }
                  return 'x';
                }
                """);
        RunRecord end = stage.ended(stage.start("main"));

        List<List<String>> requests = new ArrayList<>();
        for (EntryRecord entry : stage.entries(end)) {
            if (entry.kind().equals("model")) {
                JsonNode request = Trees.read(entry.resultJson()).path("request");
                assertThat(request.path("temperature").asDouble()).isEqualTo(0.5);
                List<String> texts = new ArrayList<>();
                for (JsonNode hash : request.path("messages")) {
                    assertThat(hash.asText()).matches("[0-9a-f]{64}");
                    JsonNode message = stage.sessions().kept(hash.asText()).orElseThrow();
                    texts.add(message.path("content").asText());
                }
                requests.add(texts);
            }
        }
        assertThat(requests)
                .containsExactly(
                        List.of("a long one", "turn 1"),
                        List.of("a long one", "turn 1", "turn 2"),
                        List.of("a long one", "turn 1", "turn 2", "turn 3"));
        assertThat(
                        stage.entries(end).stream()
                                .flatMap(entry -> HASH.matcher(entry.resultJson()).results())
                                .map(MatchResult::group)
                                .distinct())
                .as("the pattern's source and four messages")
                .hasSize(5);
    }

    private static final Pattern HASH = Pattern.compile("\\b[0-9a-f]{64}\\b");

    @Test
    void a_result_that_is_too_large_ends_the_run() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  try { return await ctx.tool('large'); } catch (e) { return 'caught'; }
                }
                """);
        // Bytes count, and not letters.
        stage.world.tool("large", (arguments, stop) -> arguments.textNode("ü".repeat(5_000)));
        RunRecord end = stage.ended(stage.start("main"));

        JsonNode error = Stage.error(end);
        assertThat(error.path("code").asText()).isEqualTo("journal_limit");
        assertThat(error.path("message").asText())
                .contains("the result of call 1", "10002 bytes", "may have 10000");
        assertThat(stage.types(end)).endsWith("error");
        assertThat(stage.paths(end)).containsExactly("0", "1/0");
    }

    @Test
    void a_journal_that_grows_too_large_ends_the_run() throws Exception {
        stage.world.save(
                "main.mjs",
                "export const run = async ctx => { for (;;) await ctx.tool('some'); };");
        stage.world.tool("some", (arguments, stop) -> arguments.textNode("x".repeat(2_000)));
        RunRecord end = stage.ended(stage.start("main"));

        JsonNode error = Stage.error(end);
        assertThat(error.path("code").asText()).isEqualTo("journal_limit");
        assertThat(error.path("message").asText()).contains("a run may have 100000");
        // Each result stands in its entry and in the tool's event.
        assertThat(stage.world.toolCalls()).hasSizeBetween(20, 26);
    }

    @Test
    void a_flood_of_sayings_ends_the_run_also_after_a_workers_death() throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  for (let i = 0; i < 40; i++) ctx.emit('flood', 'x'.repeat(1000));
                  await ctx.llm('hold');
                  for (let i = 0; i < 100; i++) ctx.emit('flood', 'x'.repeat(1000));
                  await ctx.llm('never');
                }
                """);
        var hold = new CountDownLatch(1);
        stage.world.models.answer(question -> Answer.text("x").held(hold));
        RunRecord run = stage.start("main");
        stage.crashWhen("the hold", () -> stage.world.models.asked().contains("hold"));
        hold.countDown();
        RunRecord end = stage.ended(run);

        assertThat(Stage.error(end).path("code").asText()).isEqualTo("journal_limit");
        assertThat(stage.payloads(end, Events.CUSTOM)).hasSizeBetween(90, 99);
        assertThat(stage.world.models.asked()).doesNotContain("never");
    }
}
