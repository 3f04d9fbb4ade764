package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.store.session.Journal.RunRecord;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that fails for a while costs a run time and nothing else. */
class StoreFailureTest {
    @TempDir private Path folder;
    private Stage stage;
    private final FaultyJournal faults = new FaultyJournal();

    @BeforeEach
    void open() throws Exception {
        stage =
                new Stage(folder)
                        .with(s ->
                                new Sessions.Settings(
                                        s.slots(),
                                        s.ack(),
                                        1,
                                        s.renew(),
                                        s.sweep(),
                                        s.retention(),
                                        s.rules()))
                        .around(faults::around);
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  ctx.step('one');
                  const one = await ctx.llm('one');
                  const tool = await ctx.tool('look');
                  ctx.step('two');
                  return [one, tool, await ctx.llm('two')].join(', ');
                }
                """);
        stage.world.tool("look", (arguments, stop) -> arguments.textNode("seen"));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_call_whose_record_failed_is_made_again_unless_it_was_written(boolean written)
            throws Exception {
        // The next worker finds out which of the two it was.
        stage.world.tool(
                "look",
                (arguments, stop) -> {
                    if (stage.world.toolCalls().size() == 1) {
                        faults.fail(1, written);
                    }
                    return arguments.textNode("seen");
                });
        RunRecord end = stage.ended(stage.start("main"));

        assertThat(Stage.answer(end)).isEqualTo("re one, seen, re two");
        assertThat(stage.world.models.asked()).containsExactly("one", "two");
        assertThat(stage.world.toolCalls()).hasSize(written ? 1 : 2);
        assertThat(stage.paths(end)).containsExactly("0", "1", "2/0", "2", "3");
        assertThat(stage.payloads(end, Events.STEP)).hasSize(2);
        assertThat(stage.payloads(end, Events.TOOL_END)).hasSize(1);
        assertThat(end.epoch()).isEqualTo(2);
    }

    @Test
    void a_store_that_is_away_for_a_while_uses_up_no_attempts() throws Exception {
        stage.world.models.answer(question -> {
            if (stage.world.models.asked().equals(List.of("one"))) {
                faults.fail(3, false);
            }
            return Answer.text("re " + question);
        });
        RunRecord end = stage.ended(stage.start("main"));
        assertThat(Stage.answer(end)).isEqualTo("re one, seen, re two");
        assertThat(faults.left()).isZero();
        assertThat(end.epoch()).isGreaterThanOrEqualTo(3);
    }
}
