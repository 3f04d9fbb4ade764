package io.magicproxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.store.session.Journal.RunRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 3 of the journal: whatever a run began with is its own, whatever changes outside. */
class PinnedRunTest {
    @TempDir private Path folder;
    private Stage stage;
    private final CountDownLatch hold = new CountDownLatch(1);

    @BeforeEach
    void open() {
        stage = new Stage(folder);
        stage.world.models.answer(question ->
                question.startsWith("hold")
                        ? Answer.text("held").held(hold)
                        : Answer.text("re " + question));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void crashAtTheHold() throws Exception {
        stage.crashWhen(
                "the call that is held",
                () -> stage.world.models.asked().stream().anyMatch(q -> q.startsWith("hold")));
    }

    @Test
    void a_run_ends_with_the_source_and_the_helpers_that_it_began_with() throws Exception {
        String source =
                """
                import { word } from './lib/words.mjs';
                export async function run(ctx) {
                  await ctx.llm('hold');
                  return word + ' old';
                }
                """;
        stage.world.save("main.mjs", source, "lib/words.mjs", "export const word = 'old';");
        RunRecord run = stage.start("main");
        crashAtTheHold();
        stage.world.save("main.mjs", source, "lib/words.mjs", "export const word = 'new';");
        stage.world.save("main.mjs", "export const run = async ctx => 'another one';");
        hold.countDown();

        assertThat(Stage.answer(stage.ended(run))).isEqualTo("old old");
        assertThat(stage.answer("main")).isEqualTo("another one");
        List<String> versions =
                stage.payloads(run, Events.WORKER_ACK).stream()
                        .map(ack -> ack.path("pattern_version").asText())
                        .toList();
        assertThat(versions).hasSize(2);
        assertThat(versions.getFirst()).isEqualTo(versions.getLast()).hasSizeGreaterThan(10);
    }

    @Test
    void params_tools_with_schemas_limits_history_and_words_are_those_of_the_beginning()
            throws Exception {
        stage.world.save(
                "main.mjs",
                """
                export async function run(ctx) {
                  await ctx.llm('hold');
                  const { params, tools, history, instructions, query, session, attachments } = ctx;
                  return JSON.stringify({ params, tools, history, instructions, query, session, attachments,
                    steps: (await ctx.budget).steps });
                }
                """);
        stage.world.tool("first", (arguments, stop) -> arguments);
        stage.world.tool("hidden", (arguments, stop) -> arguments);
        AgentSettings old =
                new AgentSettings(
                        "main",
                        7,
                        1_000,
                        Duration.ofMinutes(1),
                        Optional.of(List.of("first")),
                        "server's words",
                        List.of("server's manifest"));
        stage.world.settings(old);
        ObjectNode request =
                Stage.request("main").put("client_system_instruction", "client's words");
        request.putObject("params").put("looks", 3);
        request.putArray("history").addObject().put("role", "user").put("content", "before");
        request.putArray("attachments").addObject().put("type", "image_url");
        RunRecord run = stage.start(request);
        crashAtTheHold();
        stage.world.settings(
                new AgentSettings(
                        "main", 99, 1, Duration.ofMinutes(9), Optional.empty(), "new", List.of()));
        stage.world.tool("second", (arguments, stop) -> arguments);
        hold.countDown();

        JsonNode seen = Json.read(Stage.answer(stage.ended(run)));
        assertThat(seen.at("/params/looks").asInt()).isEqualTo(3);
        assertThat(seen.at("/tools")).hasSize(1);
        assertThat(seen.at("/tools/0/name").asText()).isEqualTo("first");
        assertThat(seen.at("/tools/0/parameters").isObject()).isTrue();
        assertThat(seen.at("/history/0/content").asText()).isEqualTo("before");
        assertThat(seen.at("/attachments/0/type").asText()).isEqualTo("image_url");
        assertThat(seen.at("/instructions/server").asText()).isEqualTo("server's words");
        assertThat(seen.at("/instructions/client").asText()).isEqualTo("client's words");
        assertThat(run.sessionId()).endsWith("/" + seen.at("/session/id").asText());
        assertThat(seen.at("/steps").asInt()).isEqualTo(7);
    }

    @Test
    void the_prompt_of_a_declarative_pattern_is_made_once() throws Exception {
        // Loaded anew, this structure would speak of another time.
        stage.world.save(
                "main.mjs",
                """
                export const getPromptStructure = () => [
                  { tag: 'RULES', content: `Write <THOUGHT>, then <FINAL_ANSWER>. Loaded at ${Date.now()}` }];
                """);
        stage.world.tool("look", (arguments, stop) -> arguments.put("found", true));
        var turns = new CountDownLatch(2);
        stage.world.models.answer(question -> {
            turns.countDown();
            return turns.getCount() > 0
                    ? Answer.text("<ACTION>{\"tool_name\": \"look\", \"arguments\": {}}</ACTION>")
                    : Answer.text("<FINAL_ANSWER>done</FINAL_ANSWER>").held(hold);
        });
        RunRecord run = stage.start("main");
        stage.crashWhen("the second turn", () -> turns.getCount() == 0);
        stage.clock.shift(Duration.ofDays(1));
        stage.world.forgetVersions();
        stage.world.settings(
                new AgentSettings(
                        "main",
                        99,
                        9_000,
                        Duration.ofMinutes(9),
                        Optional.empty(),
                        "new",
                        List.of()));
        hold.countDown();

        assertThat(Stage.answer(stage.ended(run))).isEqualTo("done");
        List<ObjectNode> requests = stage.world.models.requests();
        assertThat(requests).hasSize(3);
        assertThat(requests.get(2)).isEqualTo(requests.get(1));
        assertThat(requests.get(2).at("/messages/0")).isEqualTo(requests.get(0).at("/messages/0"));
        assertThat(stage.world.toolCalls()).hasSize(1);
    }

    @Test
    void a_later_run_of_the_session_has_the_earlier_answers_as_its_history() throws Exception {
        stage.world.save(
                "main.mjs",
                "export const run = async ctx => JSON.stringify(ctx.history.map(m => m.content));");
        ObjectNode request = Stage.request("main").put("session_id", "talk");
        assertThat(Stage.answer(stage.ended(stage.start(request)))).isEqualTo("[]");
        assertThat(Stage.answer(stage.ended(stage.start(request)))).isEqualTo("[\"hello\",\"[]\"]");
    }

    @Test
    void entry_0_names_all_that_a_run_began_with() throws Exception {
        stage.world.save("main.mjs", "export const run = async ctx => 'x';");
        RunRecord end = stage.ended(stage.start("main"));

        var pin = stage.entries(end).getFirst();
        JsonNode json = Json.read(pin.resultJson());
        assertThat(pin.path()).isEqualTo("0");
        assertThat(json.properties())
                .extracting(Map.Entry::getKey)
                .contains("pattern", "version", "bundle", "limits", "input");
        assertThat(json.path("input").properties())
                .extracting(Map.Entry::getKey)
                .contains("query", "history", "params", "tools", "instructions", "seed", "time");
        byte[] sources = stage.journal().kept(json.path("bundle").asText()).orElseThrow();
        assertThat(new String(sources, StandardCharsets.UTF_8)).contains("async ctx => 'x'");
    }
}
