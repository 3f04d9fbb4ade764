package io.magicproxy.server.drills;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More sessions than there are places. */
class QueueDrillTest {
    private static final String SESSIONS = "/v1/react/sessions";

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();
    private final List<Watcher> watchers = new ArrayList<>();

    @AfterEach
    void stop() {
        watchers.forEach(Watcher::close);
        upstream.close();
    }

    private TestGateway gateway(String queue) throws Exception {
        Path patterns = Files.createDirectories(folder.resolve("patterns"));
        Files.writeString(
                patterns.resolve("one.mjs"),
                "export const run = async ctx => await ctx.llm(ctx.query);");
        Files.writeString(
                patterns.resolve("parent.mjs"),
                """
                export async function run(ctx) {
                  const answer = await ctx.agent('main', 'asked by ' + ctx.query, { reasoning_mode: 'one' });
                  return `${answer} and ${await ctx.llm(ctx.query)}`;
                }
                """);
        Files.createDirectories(folder.resolve("tools"));
        return TestGateway.in(folder)
                .config(
                        """
                        model_list:
                          - model_name: main
                            provider: openai
                            model_params: {model: gpt-x, api_base: %s/v1, api_key: sk-the-key-of-the-drill}
                        backend_settings: {queue: %s}
                        agent_settings: {reasoning_mode: one}
                        sandbox_settings: {isolation: in_process}
                        """
                                .formatted(upstream.url(), queue))
                .start();
    }

    private static String ask(String pattern, String query) {
        ObjectNode body =
                Json.object()
                        .put("model_alias", "main")
                        .put("reasoning_mode", pattern)
                        .put("user_query", query);
        return Json.text(body);
    }

    private Watcher watcher(TestGateway gateway, String pattern, String query) throws Exception {
        Watcher watcher = new Watcher();
        watchers.add(watcher);
        watcher.ask(gateway.port(), ask(pattern, query));
        return watcher;
    }

    @Test
    void a_full_queue_is_answered_with_429_at_once_and_the_same_wish_is_taken_later()
            throws Exception {
        upstream.always(request ->
                ModelReply.question(request).equals("a")
                        ? Reply.hang()
                        : ModelReply.of("re ", ModelReply.question(request)));
        try (TestGateway gateway = gateway("{slots: 1, capacity: 1, ack_seconds: 60}")) {
            Watcher working = watcher(gateway, "one", "a");
            var _ = upstream.awaitRequest(Duration.ofSeconds(60));
            Watcher waiting = watcher(gateway, "one", "b");

            String[] wish = {"Idempotency-Key", "the same wish"};
            HttpResponse<String> refused = gateway.post(SESSIONS, ask("one", "c"), wish);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body()).contains("queue_full");
            assertThat(refused.headers().firstValue("x-magic-session")).isEmpty();
            HttpResponse<String> chat =
                    gateway.post("/v1/chat/completions", TestGateway.streamed("main"));
            assertThat(chat.body()).as("plain chat needs no place").contains("[DONE]");
            assertThat(gateway.json(SESSIONS).path("data")).hasSize(2);

            gateway.post(SESSIONS + "/" + working.session() + "/cancel", "{}");
            assertThat(working.awaitEnd().path("event_type").asText()).isEqualTo("cancelled");
            assertThat(waiting.awaitEnd().at("/payload/text").asText()).isEqualTo("re b");
            HttpResponse<String> taken = gateway.post(SESSIONS, ask("one", "c"), wish);
            assertThat(taken.body()).contains("FinalAnswerStreamEnd", "re c");
        }
    }

    @Test
    void a_run_that_no_worker_takes_in_time_is_cancelled_in_the_store_and_then_told_so()
            throws Exception {
        upstream.always(request -> Reply.hang());
        try (TestGateway gateway = gateway("{slots: 1, capacity: 5, ack_seconds: 1}")) {
            Watcher working = watcher(gateway, "one", "a");
            var _ = upstream.awaitRequest(Duration.ofSeconds(60));
            Watcher waiting = watcher(gateway, "one", "b");
            waiting.await("the error", w -> w.types().contains("error"));
            JsonNode record = gateway.json(SESSIONS + "/" + waiting.session());
            assertThat(record.path("state").asText()).isEqualTo("cancelled");
            assertThat(waiting.awaitEnd().at("/payload/code").asText()).isEqualTo("no_worker");
            assertThat(waiting.types()).containsExactly("error");
            HttpResponse<String> whole =
                    gateway.post(SESSIONS, ask("one", "c").replace("{", "{\"stream\":false,"));
            assertThat(whole.statusCode()).isEqualTo(503);
            assertThat(upstream.requests()).hasSize(1);
            gateway.post(SESSIONS + "/" + working.session() + "/cancel", "{}");
            var _ = working.awaitEnd();
        }
    }

    @Test
    void twice_as_many_parents_as_slots_each_with_a_nested_agent_all_finish() throws Exception {
        upstream.always(request ->
                ModelReply.of("re ", ModelReply.question(request)).every(Duration.ofMillis(10)));
        try (TestGateway gateway = gateway("{slots: 3, capacity: 10, ack_seconds: 60}")) {
            for (int i = 0; i < 6; i++) {
                watcher(gateway, "parent", "q" + i);
            }
            for (int i = 0; i < 6; i++) {
                assertThat(watchers.get(i).awaitEnd().at("/payload/text").asText())
                        .isEqualTo("re asked by q%d and re q%d".formatted(i, i));
            }
            assertThat(upstream.requests()).hasSize(12);
        }
    }
}
