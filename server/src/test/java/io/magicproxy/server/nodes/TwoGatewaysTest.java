package io.magicproxy.server.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import io.magicproxy.server.TestGateway;
import io.magicproxy.server.Waiting;
import io.magicproxy.testing.RealRedis;
import io.magicproxy.testing.Reply;
import io.magicproxy.testing.ScriptedUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two gateways, each with its own folders, and one Redis: what is saved at one serves at both, and
 * what happens at one is known at both.
 */
class TwoGatewaysTest {
    private static final String HEAD =
            """
            # Of both gateways.
            model_list:
              - {model_name: sim, provider: simulator, model_params: {model: m}} # the pretend one
              - {model_name: falls, provider: openai, model_params: {model: m, api_base: '%1$s/v1', api_key: k}}
            """;
    private static final String REST =
            """
            router_settings: {num_retries: 0, allowed_fails: 2, cooldown_time: 300, timeout: 20}
            sandbox_settings: {isolation: in_process}
            backend_settings:
              redis: {urls: ["%2$s"]}
            """;

    @TempDir private static Path folder;
    private static final ScriptedUpstream UPSTREAM = ScriptedUpstream.start();
    private static RealRedis redis;
    private static TestGateway one;
    private static TestGateway other;

    @BeforeAll
    static void start() throws Exception {
        redis = RealRedis.start(folder.resolve("redis"));
        one = gateway("one", true);
        other = gateway("other", true);
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
        redis.close();
        UPSTREAM.close();
    }

    @Test
    void a_pattern_saved_at_one_answers_at_the_other_with_the_same_version() throws Exception {
        String first =
                put(one, "/admin/patterns/plan.js", pattern("first"), "").path("version").asText();
        Waiting.until(() -> version(other, "plan").equals(first));
        assertThat(answer(other, "plan", "")).isEqualTo("first");

        put(other, "/admin/patterns/lib/words.js", "export const words = 'helped';\n", "");
        Waiting.until(() -> Files.exists(one.folder().resolve("patterns/lib/words.js")));
        String imports =
                "import { words } from './lib/words.js';\nexport const run = () => words;\n";
        String second = put(one, "/admin/patterns/plan", imports, first).path("version").asText();
        Waiting.until(() -> version(other, "plan").equals(second));
        assertThat(answer(other, "plan", "")).isEqualTo("helped");
        assertThat(answer(other, "plan", first)).isEqualTo("first");

        assertThat(delete(other, "/admin/patterns/plan", second)).isEqualTo(204);
        Waiting.until(() -> one.get("/admin/patterns/plan.js").statusCode() == 404);
        assertThat(one.folder().resolve("patterns/plan.js")).doesNotExist();
    }

    @Test
    void a_tool_saved_at_one_is_called_at_the_other() throws Exception {
        put(one, "/admin/tools/twice.js", tool(2), "");
        Waiting.until(() -> called(other, "twice").contains("42"));
        JsonNode saved = other.json("/admin/tools/twice.js");
        assertThat(put(other, "/admin/tools/twice.js", tool(3), saved.path("version").asText()))
                .isNotEmpty();
        Waiting.until(() -> called(one, "twice").contains("63"));
    }

    @Test
    void prompts_and_manifests_are_the_same_at_both() throws Exception {
        put(one, "/admin/prompt_content?path=prompts/shared.md", "Be brief.\n", "");
        put(other, "/admin/prompt_content?path=manifests/style.md", "Be plain.\n", "");
        Waiting.until(() -> content(other, "prompts/shared.md").equals("Be brief.\n"));
        Waiting.until(() -> content(one, "manifests/style.md").equals("Be plain.\n"));
        Waiting.until(
                () -> !other.json("/admin/prompts").at("/prompts/0/title").asText().isEmpty());
    }

    @Test
    void the_configuration_serves_at_both_with_its_comments() throws Exception {
        JsonNode before = one.json("/admin/config");
        String more =
                before.path("content")
                        .asText()
                        .replace(
                                "model_list:\n",
                                "model_list:\n  # One more.\n  - {model_name: more, provider: simulator, model_params: {model: m}}\n");
        JsonNode saved = put(one, "/admin/config", more, before.path("version").asText());
        String version = saved.path("version").asText();
        Waiting.until(() ->
                other.json("/admin/config/status")
                        .path("serving_version")
                        .asText()
                        .equals(version));
        assertThat(other.get("/v1/models/more").statusCode()).isEqualTo(200);
        assertThat(other.folder().resolve("proxy_config.yaml")).hasContent(more);
    }

    @Test
    void of_two_who_save_over_the_same_version_at_once_one_is_told_to_read_again()
            throws Exception {
        String seen =
                put(one, "/admin/prompt_content?path=prompts/race.md", "start\n", "")
                        .path("version")
                        .asText();
        Waiting.until(() -> content(other, "prompts/race.md").equals("start\n"));
        List<Callable<HttpResponse<String>>> savers = new ArrayList<>();
        for (TestGateway at : List.of(one, other)) {
            savers.add(() ->
                    send(
                            at,
                            "/admin/prompt_content?path=prompts/race.md",
                            "of " + at.port() + "\n",
                            seen));
        }
        List<HttpResponse<String>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<HttpResponse<String>> saver : threads.invokeAll(savers)) {
                answers.add(saver.get());
            }
        }
        assertThat(answers)
                .extracting(HttpResponse::statusCode)
                .containsExactlyInAnyOrder(200, 412);
        String winner =
                answers.stream()
                        .filter(answer -> answer.statusCode() == 200)
                        .map(answer -> text(answer, "content"))
                        .findFirst()
                        .orElseThrow();
        Waiting.until(() ->
                content(one, "prompts/race.md").equals(winner)
                        && content(other, "prompts/race.md").equals(winner));
    }

    @Test
    void a_version_that_only_one_has_loaded_runs_at_the_other_and_is_rolled_back_to_there()
            throws Exception {
        Files.createDirectories(one.folder().resolve("patterns"));
        Files.createDirectories(other.folder().resolve("patterns"));
        Files.writeString(one.folder().resolve("patterns/mine.js"), pattern("of one"));
        Files.writeString(other.folder().resolve("patterns/mine.js"), pattern("of other"));
        Waiting.until(() -> !version(one, "mine").isEmpty() && !version(other, "mine").isEmpty());
        String wanted = version(one, "mine");
        assertThat(version(other, "mine")).isNotEqualTo(wanted);

        Waiting.until(
                () -> other.get("/admin/patterns/mine/versions/" + wanted).statusCode() == 200);
        assertThat(answer(other, "mine", wanted)).isEqualTo("of one");
        assertThat(answer(other, "mine", "")).isEqualTo("of other");
        HttpResponse<String> back =
                other.post(
                        "/admin/patterns/mine/rollback",
                        "{\"version\": \"" + wanted.substring(0, 10) + "\"}");
        assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
        assertThat(version(other, "mine")).isEqualTo(wanted);
        assertThat(other.get("/admin/patterns/mine/versions/0123456789ab").statusCode())
                .isEqualTo(404);
    }

    @Test
    void one_that_was_down_serves_what_was_saved_meanwhile() throws Exception {
        TestGateway third = gateway("third", true);
        third.close();
        String version =
                put(one, "/admin/patterns/later.js", pattern("meanwhile"), "")
                        .path("version")
                        .asText();
        third = gateway("third", false);
        try {
            assertThat(version(third, "later")).isEqualTo(version);
            JsonNode files = third.json("/health").path("saved_files");
            assertThat(files.path("seq").asInt()).isPositive();
            assertThat(files.path("untold")).isEmpty();
            assertThat(files.path("unwritten")).isEmpty();
            assertThat(files.path("kept")).isEmpty();
        } finally {
            third.close();
        }
    }

    @Test
    void a_breaker_that_opens_at_one_is_open_at_the_other() throws Exception {
        UPSTREAM.always(_ -> Reply.json(500, "{\"error\":{\"message\":\"down\"}}"));
        for (int i = 0; i < 2; i++) {
            one.post("/v1/chat/completions", TestGateway.chat("falls", ""));
        }
        assertThat(breaker(one)).isEqualTo("open");
        Waiting.until(() -> breaker(other).equals("open"));
        int asked = UPSTREAM.requests().size();
        assertThat(other.post("/v1/chat/completions", TestGateway.chat("falls", "")).statusCode())
                .isEqualTo(503);
        assertThat(UPSTREAM.requests()).hasSize(asked);
    }

    @Test
    void each_shows_what_was_used_and_changed_at_both() throws Exception {
        String path = "/admin/prompt_content?path=prompts/told.md";
        for (TestGateway at : List.of(one, other)) {
            assertThat(at.post("/v1/chat/completions", TestGateway.chat("sim", "")).statusCode())
                    .isEqualTo(200);
        }
        put(one, path, "by one\n", "");
        Waiting.until(() -> content(other, "prompts/told.md").equals("by one\n"));
        put(other, path, "by other\n", "*");
        for (TestGateway at : List.of(one, other)) {
            // The other's last second may not be told yet.
            Waiting.until(() ->
                    at.json("/admin/usage?kind=chat&alias=sim").at("/total/requests").asInt() == 2);
            JsonNode changes = at.json("/admin/audit?name=prompts/told.md").path("entries");
            assertThat(changes).hasSize(2);
            assertThat(changes.path(0).path("diff").asText()).contains("-by one", "+by other");
        }
    }

    // ------------------------------------------------------------------ requests

    private static String breaker(TestGateway gateway) throws Exception {
        for (JsonNode profile : gateway.json("/health").path("profiles")) {
            if (profile.path("name").asText().equals("falls")) {
                return profile.path("breaker").asText();
            }
        }
        return "none";
    }

    private static String pattern(String answer) {
        return "export const run = () => '" + answer + "';\n";
    }

    private static String tool(int times) {
        return "/**\n * Multiplies.\n * @param {number} n a number\n */\n"
                + "export function twice(n) { return n * "
                + times
                + "; }\n";
    }

    private static String called(TestGateway gateway, String tool) throws Exception {
        return gateway.post("/tools/" + tool, "{\"n\": 21}").body();
    }

    private static String version(TestGateway gateway, String pattern) throws Exception {
        return gateway.json("/admin/patterns/" + pattern).path("version").asText();
    }

    private static String content(TestGateway gateway, String path) throws Exception {
        return gateway.json("/admin/prompt_content?path=" + path).path("content").asText();
    }

    private static String answer(TestGateway gateway, String pattern, String version)
            throws Exception {
        var body =
                Json.object()
                        .put("user_query", "hi")
                        .put("model_alias", "sim")
                        .put("reasoning_mode", pattern)
                        .put("stream", false);
        if (!version.isEmpty()) {
            body.put("pattern_version", version);
        }
        HttpResponse<String> answer = gateway.post("/v1/react/sessions", Json.text(body));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return text(answer, "answer");
    }

    private static JsonNode put(TestGateway gateway, String path, String content, String seen)
            throws Exception {
        HttpResponse<String> answer = send(gateway, path, content, seen);
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
        return Json.read(answer.body());
    }

    private static HttpResponse<String> send(
            TestGateway gateway, String path, String content, String seen) throws Exception {
        String body = Json.text(Json.object().put("content", content));
        return seen.isEmpty()
                ? gateway.send("PUT", path, body)
                : gateway.send("PUT", path, body, "If-Match", seen);
    }

    private static int delete(TestGateway gateway, String path, String seen) throws Exception {
        return gateway.send("DELETE", path, "", "If-Match", seen).statusCode();
    }

    private static String text(HttpResponse<String> answer, String field) {
        try {
            return Json.read(answer.body()).path(field).asText();
        } catch (JsonProcessingException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private static TestGateway gateway(String name, boolean fresh) throws Exception {
        Path home = Files.createDirectories(folder.resolve(name));
        TestGateway.Builder gateway = TestGateway.in(home);
        if (fresh) {
            gateway.config((HEAD + REST).formatted(UPSTREAM.url(), redis.url()));
        }
        return gateway.start();
    }
}
