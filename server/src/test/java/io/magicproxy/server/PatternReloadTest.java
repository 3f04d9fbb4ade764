package io.magicproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patterns that are edited while sessions run. */
class PatternReloadTest {
    private static final Reply ANSWER =
            Reply.sse(
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"so\"}}]}",
                    "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}",
                    "[DONE]");

    @TempDir private Path folder;
    private final ScriptedUpstream upstream = ScriptedUpstream.start();

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void sessions_under_way_finish_on_the_version_they_began_with() throws Exception {
        var release = new CountDownLatch(1);
        upstream.always(request -> {
            await(release);
            return ANSWER;
        });
        write("_words.js", "export const word = 'old';");
        write(
                "plan.js",
                "import { word } from './_words.js';\nexport const run = (ctx) => `${ctx.llm('x')} ${word} 1`;");
        try (TestGateway gateway = start("")) {
            CompletableFuture<HttpResponse<String>> old =
                    gateway.client()
                            .sendAsync(
                                    gateway.request("/v1/react/sessions", ask("plan")),
                                    BodyHandlers.ofString());
            Waiting.until(() -> upstream.requests().size() == 1);

            write(
                    "plan.js",
                    "import { word } from './_words.js';\nexport const run = () => `${word} 2`;");
            Waiting.until(() -> gateway.json("/admin/patterns/plan").path("versions").size() == 2);
            write("_words.js", "export const word = 'new';");
            Waiting.until(() -> answer(gateway, "plan").equals("new 2"));
            Files.delete(folder.resolve("patterns/plan.js"));
            Waiting.until(
                    () -> gateway.post("/v1/react/sessions", ask("plan")).statusCode() == 400);

            assertThat(old).isNotDone();
            release.countDown();
            assertThat(text(old.get(60, TimeUnit.SECONDS))).isEqualTo("so old 1");
        }
    }

    @Test
    void a_save_of_any_kind_serves_and_a_broken_one_changes_nothing() throws Exception {
        write("plan.js", version("one"));
        try (TestGateway gateway = start("")) {
            assertThat(answer(gateway, "plan")).isEqualTo("one");

            write("plan.js", version("two"));
            Waiting.until(() -> answer(gateway, "plan").equals("two"));

            write(".plan.js.swp", version("three"));
            Files.move(
                    folder.resolve("patterns/.plan.js.swp"),
                    folder.resolve("patterns/plan.js"),
                    StandardCopyOption.ATOMIC_MOVE);
            Waiting.until(() -> answer(gateway, "plan").equals("three"));

            write("plan.js", "export const run = (");
            Waiting.until(() -> gateway.json("/admin/patterns/plan").has("error"));
            assertThat(answer(gateway, "plan")).isEqualTo("three");

            Files.move(folder.resolve("patterns/plan.js"), folder.resolve("patterns/renamed.js"));
            write("renamed.js", version("four"));
            Waiting.until(() -> answer(gateway, "renamed").equals("four"));
        }
    }

    @Test
    void after_a_restart_a_broken_file_does_not_take_its_pattern_away() throws Exception {
        write("plan.js", version("one"));
        try (TestGateway gateway = start("")) {
            assertThat(answer(gateway, "plan")).isEqualTo("one");
        }
        write("plan.js", "export const run = (");
        try (TestGateway gateway = start("")) {
            assertThat(answer(gateway, "plan")).isEqualTo("one");
            assertThat(gateway.json("/admin/patterns/plan").at("/error/line").asInt()).isPositive();
        }
    }

    @Test
    void what_a_manifest_asks_for_is_checked_before_a_session_is_opened() throws Exception {
        write(
                "needs.js",
                "export const manifest = { requires: ['dot'], params: { type: 'object', properties: { n: { type: 'integer' } } } };"
                        + version("ran"));
        Files.createDirectories(folder.resolve("tools"));
        Files.writeString(
                folder.resolve("tools/dot.js"),
                "export const schema = { parameters: { type: 'object' } };\nexport const run = () => '.';");
        try (TestGateway gateway = start("")) {
            assertThat(answer(gateway, "needs")).isEqualTo("ran");
            HttpResponse<String> without =
                    gateway.post("/v1/react/sessions", ask("needs").replace("{", "{\"tools\":[],"));
            assertThat(without.statusCode()).isEqualTo(400);
            assertThat(without.body()).contains("needs the tool \\\"dot\\\"", "leaves out");
            HttpResponse<String> params =
                    gateway.post(
                            "/v1/react/sessions",
                            ask("needs").replace("{", "{\"params\":{\"n\":\"many\"},"));
            assertThat(params.statusCode()).isEqualTo(400);
            assertThat(params.body()).contains("params", "integer");
            Files.delete(folder.resolve("tools/dot.js"));
            Waiting.until(() ->
                    gateway.post("/v1/react/sessions", ask("needs"))
                            .body()
                            .contains("isn't there"));
        }
    }

    @Test
    void a_pattern_may_allow_itself_less_than_its_agent_and_not_more() throws Exception {
        write("less.js", "export const manifest = { limits: { max_steps: 2 } };" + steps());
        write("more.js", "export const manifest = { limits: { max_steps: 99 } };" + steps());
        try (TestGateway gateway = start("agent_settings: {max_steps: 5}\n")) {
            assertThat(answer(gateway, "less")).isEqualTo("2");
            assertThat(answer(gateway, "more")).isEqualTo("5");
        }
    }

    private static String steps() {
        return "\nexport const run = (ctx) => String(ctx.budget.steps);";
    }

    private static String version(String answer) {
        return "\nexport const run = () => '" + answer + "';";
    }

    private void write(String path, String text) throws Exception {
        Files.createDirectories(folder.resolve("patterns"));
        Files.writeString(folder.resolve("patterns").resolve(path), text);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String ask(String pattern) {
        return "{\"stream\":false,\"model_alias\":\"m\",\"user_query\":\"?\",\"reasoning_mode\":\""
                + pattern
                + "\"}";
    }

    private static String answer(TestGateway gateway, String pattern) throws Exception {
        return text(gateway.post("/v1/react/sessions", ask(pattern)));
    }

    private static String text(HttpResponse<String> answer) throws Exception {
        JsonNode json = Json.read(answer.body());
        return json.path("answer").asText(answer.body());
    }

    private TestGateway start(String more) throws Exception {
        return TestGateway.in(folder)
                .config(
                        """
                        model_list:
                          - model_name: m
                            provider: openai
                            model_params: {model: gpt-x, api_base: %s/v1, api_key: sk-test}
                        sandbox_settings: {isolation: in_process}
                        %s\
                        """
                                .formatted(upstream.url(), more))
                .start();
    }
}
